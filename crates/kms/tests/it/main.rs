//! The systems that keep keys, as far as they can be had: SoftHSM, moto, and strict ones of our own for the rest.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test has nobody to report an error to")]

mod aws_kms;
mod hsm;
mod keepers;
mod moto;
mod strict_kms;
mod strict_vault;
mod vault;
