//! Temporary.
fn main() {
    std::fs::write(std::env::args().nth(1).unwrap(), reeve_door_rest::openapi()).unwrap();
}
