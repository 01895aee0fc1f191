//! How large a list of people may be.

use reeve_base::limits::IMPORT_ROWS_MAX;

/// Octets of a file: a row of 100,000 may take 670 of them, and the whole is held in memory.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// People of a file.
pub const ROWS_MAX: usize = IMPORT_ROWS_MAX;

/// Lines of a file: cells may span lines (postal addresses do), but not without end.
pub const LINES_MAX: u64 = 200_000;

/// Octets of one row: every field at its longest fits twice; a quote that never closes is noticed here.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;

/// Columns of a file: the widest known header has 39.
pub const COLUMNS_MAX: usize = 100;
