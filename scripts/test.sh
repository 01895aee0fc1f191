#!/usr/bin/env bash
# All tests, as `make test` and CI run them: tools, checks, every crate's tests on both engines, then the HTTP API as its
# description says, and the AWS interface as its model says. Goes on after a failure, so that one run shows everything;
# the last line counts, the exit code tells.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${CI:-}" = true ]; then
    # Nobody builds again in this folder: what incremental builds keep is only written, never read.
    export CARGO_INCREMENTAL=0 CARGO_TERM_COLOR=never
fi

scripts/require-rust.sh
scripts/install-test-tools.sh

log=$(mktemp "${TMPDIR:-/tmp}/reeve-test.XXXXXX")
trap 'rm -f "$log"' EXIT

# Runs one part; it counts as one test besides those that it counts itself.
parts_passed=0
parts_failed=()
part() {
    local name=$1
    shift
    echo
    echo "== $name"
    local began=$SECONDS
    if "$@" 2>&1 | tee -a "$log"; then
        parts_passed=$((parts_passed + 1))
        echo "== $name: passed in $((SECONDS - began)) s"
    else
        parts_failed+=("$name")
        echo "== $name: FAILED after $((SECONDS - began)) s"
    fi
}

part checks make --no-print-directory check
part build cargo build --workspace --all-targets --quiet
part tests env REEVE_TEST_REQUIRE_TOOLS=1 scripts/with-postgres.sh scripts/with-softhsm.sh cargo test --workspace --no-fail-fast
part schemathesis scripts/schemathesis.sh
part conformance scripts/conformance-aws.sh

# cargo test closes each binary with "test result: ok. 12 passed; 0 failed; ...".
passed=$(sed -n 's/^test result: .* \([0-9]*\) passed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
failed=$(sed -n 's/^test result: .* \([0-9]*\) failed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
echo
if [ ${#parts_failed[@]} -gt 0 ]; then
    echo "failed: ${parts_failed[*]}"
fi
echo "$((passed + parts_passed)) passed, $((failed + ${#parts_failed[@]})) failed"
[ ${#parts_failed[@]} -eq 0 ]
