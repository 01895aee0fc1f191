#!/usr/bin/env bash
# `make run`: builds what is missing and serves ./data (or REEVE_DATA) in the foreground until ^C or SIGTERM.
# On an empty data folder it first makes an administrator, an organization on the test domain and two users, and says
# how to sign in. Passwords go to DATA/first-steps.txt, which only the owner may read, and once to the terminal.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 077

data=${REEVE_DATA:-data}
export REEVE_DATA=$data
# Commands below are for the server that starts here, whatever else the caller works with.
unset REEVE_SERVER REEVE_TOKEN REEVE_ACCOUNT REEVE_PROFILE REEVE_PROFILES REEVE_USERNAME REEVE_API_PASSWORD
unset REEVE_ACCESS_KEY_ID REEVE_SECRET_ACCESS_KEY
reeve=target/quick/reeve
first_steps=$data/first-steps.txt
# Exists from the first step to the last: an interrupted first run is taken up again by the next one.
unfinished=$data/first-steps.unfinished
admin=admin@example.com
ready_seconds_max=60

scripts/require-rust.sh
if [ ! -x "$reeve" ]; then
    echo "building Reeve; on two cores this takes some minutes, and seconds the next time"
fi
cargo build --quiet --profile quick --package reeve-server

# The value of a text member in the JSON on standard input, which reeve writes with simple values here.
member() {
    sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' | head -n 1
}

note() {
    printf '%s\n' "$*" >>"$unfinished"
}

if [ ! -e "$data" ] || [ -z "$(ls -A "$data")" ]; then
    mkdir -p "$data"
    : >"$unfinished"
fi
if [ -e "$unfinished" ] && ! grep -q '^administrator' "$unfinished"; then
    made=$("$reeve" setup --admin "$admin" --output json)
    note "administrator $admin password $(member password <<<"$made")"
fi

# Written before the server starts: only a newer listen.json is of this start.
stamp=$(mktemp "${TMPDIR:-/tmp}/reeve-run.XXXXXX")
server=""
# shellcheck disable=SC2317 # the trap below calls it
stop() {
    rm -f "$stamp"
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
}
trap stop EXIT

# Job control gives the server a process group of its own, so that ^C reaches it once, by way of the trap.
set -m
"$reeve" serve --data "$data" </dev/null &
server=$!
set +m
trap 'kill -TERM "$server" 2>/dev/null || true' INT TERM HUP

# Waits for the server to end, through the signals that are passed on to it.
wait_for_server() {
    local code=0
    while true; do
        code=0
        wait "$server" || code=$?
        kill -0 "$server" 2>/dev/null || break
    done
    server=""
    exit "$code"
}

deadline=$((SECONDS + ready_seconds_max))
until [ "$data/run/listen.json" -nt "$stamp" ]; do
    kill -0 "$server" 2>/dev/null || wait_for_server
    if [ "$SECONDS" -ge "$deadline" ]; then
        echo "the server did not say where it listens within $ready_seconds_max seconds" >&2
        exit 1
    fi
    sleep 0.05
done
http=$(member http <"$data/run/listen.json")

create_user() {
    local name=$1 first=$2 last=$3 made
    "$reeve" user show "$name" --org acme --output json >/dev/null 2>&1 && return
    made=$("$reeve" user create "$name" --org acme --display-name "$first $last" --first-name "$first" \
        --last-name "$last" --email "$name@$domain" --generate-password --output json)
    note "user $name@$domain password $(member password <<<"$made")"
}

if [ -e "$unfinished" ]; then
    "$reeve" org show acme --output json >/dev/null 2>&1 || "$reeve" org create acme --wait --output json >/dev/null
    domain=$("$reeve" org show acme --output json | member default_domain)
    create_user ada Ada Lovelace
    create_user grace Grace Hopper
    mv "$unfinished" "$first_steps"
    echo
    echo "Made for you, and kept in $first_steps:"
    sed 's/^/  /' "$first_steps"
elif [ -e "$first_steps" ]; then
    echo
    echo "Names and passwords of the first start are in $first_steps."
fi

cat <<TEXT

Reeve is ready. Data is in $data; ^C stops the server.

Command line, from this folder and without a password, because you own the data:
  $reeve org list
  $reeve user list --org acme
  $reeve admin list
  $reeve --help

From elsewhere, or as somebody else, with a password:
  $reeve login --server http://$http --username $admin
  $reeve --profile default org list

REST, described at http://$http/api/v1/openapi.json:
  curl http://$http/api/v1/sessions -H 'Content-Type: application/json' \\
    -d '{"username":"$admin","password":"…","transport":"bearer"}'
  curl http://$http/api/v1/organizations/acme/users -H 'Authorization: Bearer …the token of that answer…'

AWS CLI and SDKs, unchanged; the first two lines make a key and take it:
  $reeve admin api-access $admin --enable
  eval "\$($reeve key create --admin $admin --name aws --export)"
  export AWS_ENDPOINT_URL=http://$http AWS_DEFAULT_REGION=us-east-1
  aws workmail list-organizations

Not there yet: the web console, and mail by SMTP and IMAP. Addresses exist, mail does not flow.

TEXT
wait_for_server
