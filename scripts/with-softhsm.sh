#!/usr/bin/env bash
# Runs a command with a software HSM of its own: scripts/with-softhsm.sh cargo test -p reeve-kms
# Its tokens live in a temporary folder and go when the command ends, however it ends. The command's exit code is passed
# on. SoftHSM reads where its tokens are from the environment when it is loaded, so it must be set before.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: scripts/with-softhsm.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi

module=
for place in /usr/lib/softhsm/libsofthsm2.so /usr/lib64/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so; do
    [ -e "$place" ] && module=$place && break
done
if [ -z "$module" ] || ! command -v softhsm2-util >/dev/null || ! command -v pkcs11-tool >/dev/null; then
    echo "the tests with an HSM need the Debian packages softhsm2 and opensc" >&2
    exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/reeve-softhsm.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$folder/tokens"
cat >"$folder/softhsm2.conf" <<EOF
directories.tokendir = $folder/tokens
objectstore.backend = file
log.level = ERROR
slots.removable = false
EOF

export SOFTHSM2_CONF="$folder/softhsm2.conf"
export REEVE_TEST_SOFTHSM="$folder"
export REEVE_TEST_PKCS11_MODULE="$module"
export REEVE_TEST_REQUIRE_SOFTHSM=1
code=0
"$@" || code=$?
exit "$code"
