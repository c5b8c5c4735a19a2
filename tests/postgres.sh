# A PostgreSQL of the test's own, on a free port of loopback, for tests/e2e/*. Sourced after tests/lib.sh; sets $port
# and stops the server when the test ends.

# as COMMAND...: PostgreSQL does not run as root.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
bin=/usr/lib/postgresql/15/bin
server=$(mktemp -d)
if [ "$(id -u)" = 0 ]; then chown postgres "$server"; fi
port=$(free_ports 1)
cd "$server"
as "$bin/initdb" -D "$server/data" -U bot --locale=C -E UTF8 --no-sync -A trust >"$scratch/initdb.log" 2>&1 ||
  fail "initdb: $(cat "$scratch/initdb.log")"
start_server() {
  as "$bin/pg_ctl" -D "$server/data" -w -t 20 -l "$server/log" \
    -o "-h 127.0.0.1 -p $port -k $server -c fsync=off" start >/dev/null ||
    fail "PostgreSQL does not start: $(cat "$server/log")"
}
stop_server() { as "$bin/pg_ctl" -D "$server/data" -w -t 20 -m fast stop >/dev/null; }
end() {
  if [ -f "$server/data/postmaster.pid" ]; then
    stop_server || echo "PostgreSQL still runs: $(head -n 1 "$server/data/postmaster.pid")" >&2
  fi
  cleanup
  rm -rf "$server"
}
trap end EXIT
# rows SQL [DATABASE]
rows() { as "$bin/psql" -h 127.0.0.1 -p "$port" -U bot -d "${2:-postgres}" -qAt -F, -c "$1"; }
connected() { [ "$(metric tickwitness_store_connected)" = 1 ]; }
stored() { [ "$(rows 'SELECT count(*) FROM tickwitness.trades')" -gt "$1" ]; }
start_server
