#!/usr/bin/env bash
# Asks a fresh server what its own description (OpenAPI) says it answers, with good and bad input, and fails on a 5xx,
# an undocumented status or content type, or a body that its schema does not allow. Needs `cargo build` before.
# REEVE_SCHEMATHESIS_SEED and REEVE_SCHEMATHESIS_SECONDS choose other input and another length.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${REEVE_BIN:-target/debug/reeve}
seed=${REEVE_SCHEMATHESIS_SEED:-20260101}
seconds=${REEVE_SCHEMATHESIS_SECONDS:-90}
ready_seconds_max=60

# The caller's own settings are not what is tested.
for name in "${!REEVE_@}"; do
    unset "$name"
done
for listener in HTTP SMTP SUBMISSION SUBMISSIONS IMAP IMAPS; do
    export "REEVE_${listener}_LISTEN=127.0.0.1:0"
done
# Nobody answers there: no test asks the world's DNS.
export REEVE_DNS_RESOLVERS=127.0.0.1:1

folder=$(mktemp -d "${TMPDIR:-/tmp}/reeve-schemathesis.XXXXXX")
export REEVE_DATA=$folder/data
mkdir -m 0700 "$REEVE_DATA"
server=""
# shellcheck disable=SC2317 # the trap below calls it
stop() {
    if [ -n "$server" ]; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

member() {
    sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' | head -n 1
}

give_up() {
    echo "$1" >&2
    tail -n 100 "$folder/log" >&2
    exit 1
}

# No name that an example of the description could hold: failed sign-ins of examples must not lock it.
admin=examiner@schemathesis.example
password=$("$bin" setup --admin "$admin" --output json | member password)
"$bin" serve --data "$REEVE_DATA" </dev/null >"$folder/log" 2>&1 &
server=$!
deadline=$((SECONDS + ready_seconds_max))
until [ -s "$REEVE_DATA/run/listen.json" ]; do
    kill -0 "$server" 2>/dev/null || give_up "the server ended instead of coming up:"
    [ "$SECONDS" -lt "$deadline" ] || give_up "the server did not come up within $ready_seconds_max seconds:"
    sleep 0.05
done
api=http://$(member http <"$REEVE_DATA/run/listen.json")/api/v1

"$bin" org create acme --wait --output json >/dev/null
"$bin" user create ada --org acme --display-name "Ada Lovelace" --email ada@acme.reeve.test --generate-password \
    --output json >/dev/null
sign_in=$(printf '{"username":"%s","password":"%s","transport":"bearer"}' "$admin" "$password")
token=$(curl --silent --show-error --fail "$api/sessions" -H 'Content-Type: application/json' -d "$sign_in" | member token)

# Signing out, or demanding a second factor of everybody, would leave every later request refused.
code=0
NO_COLOR=1 target/venv-schemathesis/bin/st run "$api/openapi.json" \
    --header "Authorization: Bearer $token" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --exclude-name-regex '^DELETE .*/sessions/current$|^PATCH .*/account$' \
    --phases examples,coverage,fuzzing --max-examples 25 --max-time "$seconds" --seed "$seed" \
    --request-timeout 20 --suppress-health-check all --warnings off --continue-on-failure </dev/null || code=$?

kill -0 "$server" 2>/dev/null || give_up "the server did not survive:"
if grep -q "panicked at" "$folder/log"; then
    give_up "the server panicked:"
fi
if [ "$code" -ne 0 ]; then
    give_up "schemathesis found something; the end of the server's log:"
fi
