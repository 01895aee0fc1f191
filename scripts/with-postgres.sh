#!/usr/bin/env bash
# Runs a command with a PostgreSQL cluster of its own: scripts/with-postgres.sh cargo test -p reeve-store
# The cluster lives in a temporary folder, listens on a free port of 127.0.0.1, forgets durability for speed, and is
# stopped and removed when the command ends, however it ends. The command's exit code is passed on.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi

bin=$("$(dirname "$0")/postgres-bin.sh")
folder=$(mktemp -d "${TMPDIR:-/tmp}/reeve-postgres.XXXXXX")

# PostgreSQL refuses to run as root.
as_postgres=()
if [ "$(id -u)" = 0 ]; then
    as_postgres=(runuser -u postgres --)
    chown postgres "$folder"
fi

# shellcheck disable=SC2317 # the trap below calls it
stop() {
    local pid
    pid=$(head -n 1 "$folder/cluster/postmaster.pid" 2>/dev/null || true)
    if [ -n "$pid" ] && kill -INT "$pid" 2>/dev/null; then
        for _ in $(seq 200); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
        kill -KILL "$pid" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
# A signal ends the script by way of the trap above.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$folder"
"${as_postgres[@]}" "$bin/initdb" --pgdata="$folder/cluster" --username=postgres --auth=trust --no-sync \
    --encoding=UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    exit 1
}

# PostgreSQL cannot choose a port by itself: try some below the range that the kernel hands out, until one is free.
start() {
    port=$((15000 + RANDOM % 15000))
    "${as_postgres[@]}" "$bin/postgres" -D "$folder/cluster" -c port="$port" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories="$folder" -c max_connections=300 -c shared_buffers=64MB \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off </dev/null >"$folder/server.log" 2>&1 &
    local launched=$!
    for _ in $(seq 600); do
        # Line 8 is the state; asking the port instead could find somebody else's server there.
        [[ "$(sed -n 8p "$folder/cluster/postmaster.pid" 2>/dev/null)" == ready* ]] && return 0
        kill -0 "$launched" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}
started=no
for _ in 1 2 3 4 5; do
    if start; then
        started=yes
        break
    fi
done
if [ "$started" = no ]; then
    echo "could not start PostgreSQL:" >&2
    cat "$folder/server.log" >&2
    exit 1
fi

cd "$OLDPWD"
export REEVE_TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
export REEVE_TEST_REQUIRE_POSTGRES=1
code=0
"$@" || code=$?
exit "$code"
