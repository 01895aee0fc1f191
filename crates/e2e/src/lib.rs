//! End-to-end tests against the real binary; they are in `tests/it`. Nothing is here.
