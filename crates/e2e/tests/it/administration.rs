//! Seed 004, step by step, and the rows A1 to A10 that it became: who may use the console and the interfaces. Each row
//! through REST over TCP and through the command line, on both engines; a test is named by its row.

mod by_command;
mod by_rest;
mod own_by_command;
mod own_by_rest;
