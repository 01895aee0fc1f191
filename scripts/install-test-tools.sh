#!/usr/bin/env bash
# Installs what `make test` needs and Rust does not bring: PostgreSQL, curl, and schemathesis in a virtual environment.
# Does nothing when all is there. Debian packages need root; everything else goes below target/.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=target/venv-schemathesis
requirements=scripts/requirements-schemathesis.txt

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v git >/dev/null || missing+=(git)
command -v curl >/dev/null || missing+=(curl)
command -v runuser >/dev/null || missing+=(util-linux)
scripts/postgres-bin.sh >/dev/null 2>&1 || missing+=(postgresql)
if ! [ -x "$venv/bin/st" ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    missing+=(python3 python3-venv)
fi

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "the tests need these Debian packages: ${missing[*]}; install them as root with: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    "${apt[@]}" update >/dev/null
    # PostgreSQL's package would make and start a cluster, which takes a port and which no test uses.
    no_cluster=/etc/postgresql-common/createcluster.d/reeve-tests.conf
    mkdir -p "$(dirname "$no_cluster")"
    echo 'create_main_cluster = false' >"$no_cluster"
    trap 'rm -f "$no_cluster"' EXIT
    "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null
fi

# The copy of the requirements beside the environment says what it was made from.
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
    echo "preparing $venv"
    rm -rf "$venv"
    mkdir -p target
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 5 --requirement "$requirements"
    cp "$requirements" "$venv/requirements.txt"
fi
