#!/usr/bin/env bash
# Asks a fresh server over its AWS door whether it does what the service model of Amazon WorkMail says, and whether
# scripts of administrators run on it unchanged: scripts/conformance-aws.sh [--write] [ARGUMENT...]
# Fails if docs/aws-api.md is not what this run would write; --write writes it. Other arguments go to the suite
# (conformance/aws), such as --suite wire or --verbose. Needs `cargo build` before. On SQLite, or within
# scripts/with-postgres.sh on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(realpath "${REEVE_BIN:-target/debug/reeve}")
page=$PWD/docs/aws-api.md
venv=$PWD/target/venv-conformance-aws
requirements=conformance/aws/requirements.txt
ready_seconds_max=60
region=us-east-1

page_option=--compare
if [ "${1:-}" = --write ]; then
    page_option=--write
    shift
fi

# The copy of the requirements inside the environment says what it was made from.
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
    echo "preparing ${venv#"$PWD"/}"
    rm -rf "$venv"
    mkdir -p target
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 5 --requirement "$requirements"
    cp "$requirements" "$venv/requirements.txt"
fi

database=${REEVE_TEST_DATABASE_URL:-}
# The caller's own settings are not what is tested.
for name in "${!REEVE_@}" "${!AWS_@}"; do
    unset "$name"
done
for listener in HTTP SMTP SUBMISSION SUBMISSIONS IMAP IMAPS; do
    export "REEVE_${listener}_LISTEN=127.0.0.1:0"
done
# Nobody answers there: no test asks the world's DNS.
export REEVE_DNS_RESOLVERS=127.0.0.1:1
export REEVE_REGION=$region
if [ -n "$database" ]; then
    export REEVE_DATABASE_URL=$database
fi
# Where mail and autodiscover are to be found: without it, domains would have no records for them.
export REEVE_PUBLIC_URL=https://mail.conformance.example

folder=$(mktemp -d "${TMPDIR:-/tmp}/reeve-conformance.XXXXXX")
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

admin=examiner@conformance.example
"$bin" setup --admin "$admin" --output json >/dev/null
"$bin" serve --data "$REEVE_DATA" </dev/null >"$folder/log" 2>&1 &
server=$!
deadline=$((SECONDS + ready_seconds_max))
until [ -s "$REEVE_DATA/run/listen.json" ]; do
    kill -0 "$server" 2>/dev/null || give_up "the server ended instead of coming up:"
    [ "$SECONDS" -lt "$deadline" ] || give_up "the server did not come up within $ready_seconds_max seconds:"
    sleep 0.05
done
AWS_ENDPOINT_URL=http://$(member http <"$REEVE_DATA/run/listen.json")
"$bin" admin api-access "$admin" --enable --output json >/dev/null
key=$("$bin" key create --admin "$admin" --name conformance --output json)
AWS_ACCESS_KEY_ID=$(member access_key_id <<<"$key")
AWS_SECRET_ACCESS_KEY=$(member secret_access_key <<<"$key")
export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION=$region

# The API has no way to make a personal access token: users make their own.
cat >"$folder/make-token" <<TEXT
#!/usr/bin/env bash
set -euo pipefail
"$bin" token create "\$2" --org "\$1" --name "\$3" --output json | sed -n 's/.*"token_id" *: *"\([^"]*\)".*/\1/p' | head -n 1
TEXT
chmod +x "$folder/make-token"

code=0
PYTHONPATH=conformance/aws PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m aws_conformance \
    --token-command "$folder/make-token ORGANIZATION USER NAME" "$page_option" "$page" "$@" </dev/null || code=$?

kill -0 "$server" 2>/dev/null || give_up "the server did not survive:"
if grep -q "panicked at" "$folder/log"; then
    give_up "the server panicked:"
fi
if [ "$code" -ne 0 ]; then
    give_up "the suite found something; the end of the server's log:"
fi
