#!/bin/sh
# A throw-away Postgres for one run of the tests: postgres.sh NATIVE_FOLDER PORT
# It lives as long as standard input stays open, so it ends with the run, however that ends.
set -eu
native=$1
port=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/reign-test-postgres-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap '' INT TERM HUP
"$native/bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log" 2>&1 ||
  { cat "$folder/log" >&2; exit 1; }
"$native/bin/pg_ctl" start -w -t 60 -D "$folder/data" -l "$folder/log" >/dev/null -o "-p $port -c listen_addresses=127.0.0.1 \
  -c unix_socket_directories= -c fsync=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB -c autovacuum=off -c wal_level=minimal \
  -c max_wal_senders=0 -c jit=off" ||
  { cat "$folder/log" >&2; exit 1; }
echo ready
cat >/dev/null || true
"$native/bin/pg_ctl" stop -D "$folder/data" -m immediate >/dev/null 2>&1 || true
