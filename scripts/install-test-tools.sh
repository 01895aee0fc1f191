#!/usr/bin/env bash
# Installs what `make test` needs and Rust does not bring: PostgreSQL, a software HSM, servers of the domain name system,
# curl, and schemathesis and moto in virtual environments.
# Does nothing when all is there. Debian packages need root; everything else goes below target/.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=(schemathesis moto)

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v git >/dev/null || missing+=(git)
command -v curl >/dev/null || missing+=(curl)
command -v runuser >/dev/null || missing+=(util-linux)
scripts/postgres-bin.sh >/dev/null 2>&1 || missing+=(postgresql)
command -v softhsm2-util >/dev/null || missing+=(softhsm2)
command -v pkcs11-tool >/dev/null || missing+=(opensc)
[ -x /usr/sbin/named ] || missing+=(bind9)
PATH=$PATH:/usr/sbin command -v named-checkzone >/dev/null || missing+=(bind9-utils)
[ -x /usr/sbin/pdns_server ] || missing+=(pdns-server)
[ -f /usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql ] || missing+=(pdns-backend-sqlite3)
[ -x /usr/bin/sqlite3 ] || missing+=(sqlite3)
if ! [ -x target/venv-moto/bin/moto_server ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
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
    # Nor are servers of the domain name system to start by themselves: tests start their own, on ports of their own.
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        trap 'rm -f "$no_cluster"' EXIT
    else
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        trap 'rm -f "$no_cluster" "$policy"' EXIT
    fi
    "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null
fi

# The copy of the requirements beside an environment says what it was made from.
for tool in "${tools[@]}"; do
    venv=target/venv-$tool
    requirements=scripts/requirements-$tool.txt
    if ! cmp -s "$requirements" "$venv/requirements.txt"; then
        echo "preparing $venv"
        rm -rf "$venv"
        mkdir -p target
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 5 --requirement "$requirements"
        cp "$requirements" "$venv/requirements.txt"
    fi
done
