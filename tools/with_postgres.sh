#!/usr/bin/env bash
# Run a command with DATABASE_URL set to a PostgreSQL server of its own: loopback only, a fresh cluster, stopped at the end.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
home=$(mktemp -d "${TMPDIR:-/tmp}/enduse-postgres-XXXXXX")
port=$("${PYTHON:-.venv/bin/python}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# The server refuses to run as root.
if [ "$(id -u)" = 0 ]; then chown postgres "$home"; as() { runuser -u postgres -- "$@"; }; else as() { "$@"; }; fi
finish() { as "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"; }
trap finish EXIT
(cd / && as "$bin/initdb" -D "$home/data" -U enduse -A trust -E UTF8 --locale=C >/dev/null)
# A cluster that is thrown away need not survive a power cut; where a test asks for FSYNC=on, everything is as in production.
quick=""; [ "${FSYNC:-off}" = on ] || quick="-c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
(cd / && as "$bin/pg_ctl" -D "$home/data" -w -o "-h 127.0.0.1 -p $port -k $home -c fsync=${FSYNC:-off} -c max_connections=60 $quick" -l "$home/log" start >/dev/null)
DATABASE_URL="postgres://enduse@127.0.0.1:$port/postgres" "$@"
