#!/usr/bin/env bash
# Prints the folder of the newest PostgreSQL server programs on this machine, version 15 or later.
set -euo pipefail

version_min=15
best=""
best_version=0
for initdb in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb "$(command -v initdb || true)"; do
    [ -x "$initdb" ] || continue
    # "initdb (PostgreSQL) 15.18 (Debian ...)" or "... 18beta1"
    version=$("$initdb" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
    if [ "${version:-0}" -gt "$best_version" ]; then
        best_version=$version
        best=$(dirname "$(readlink -f "$initdb")")
    fi
done
if [ "$best_version" -lt "$version_min" ]; then
    echo "no PostgreSQL server programs of version $version_min or later were found" >&2
    exit 1
fi
echo "$best"
