#!/usr/bin/env bash
# Fails with one sentence when the Rust on PATH is missing or too old. The version is the one that Cargo.toml asks for.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(sed -n 's/^rust-version = "\([0-9.]*\)"$/\1/p' Cargo.toml)
if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
    echo "Rust is not on PATH: install Rust $wanted or later, with rustfmt and clippy" >&2
    exit 1
fi
found=$(rustc --version | cut -d ' ' -f 2)
oldest=$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)
if [ "$oldest" != "$wanted" ]; then
    echo "Rust $found is too old: install Rust $wanted or later" >&2
    exit 1
fi
