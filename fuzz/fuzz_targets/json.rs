//! Bodies of requests: whatever they hold, reading them ends; what is read is what another reader reads, and no deeper
//! than allowed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../crates/door-aws/src/json.rs"]
mod json;

use json::{DEPTH_MAX, read};

fuzz_target!(|data: &[u8]| {
    let Ok(members) = read(data) else { return };
    let value = Value::Object(members);
    if !data.is_empty() {
        assert_eq!(serde_json::from_slice::<Value>(data).ok().as_ref(), Some(&value));
    }
    assert!(depth(&value) <= DEPTH_MAX);
});

fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Object(members) => members.values().map(depth).max(),
        Value::Array(values) => values.iter().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or(0)
}
