#!/usr/bin/env bash
# Deletes ./data of this repository; refuses while a server uses it. Data elsewhere (REEVE_DATA) is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -e data ]; then
    echo "there is no ./data"
    exit 0
fi
# The server holds this lock for as long as it lives; the kernel frees it however the server ends.
if [ -e data/reeve.lock ] && ! flock --nonblock data/reeve.lock true; then
    echo "a server is using ./data: stop it first" >&2
    exit 1
fi
rm -rf data
echo "deleted ./data"
