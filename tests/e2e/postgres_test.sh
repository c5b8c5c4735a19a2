#!/usr/bin/env bash
# Two engines follow one exchange: a demo, which keeps what it is sent in SQLite and compares that
# with the exchange itself, and one that stores in a real PostgreSQL, which is away for a while.
# timeout: 150
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# as COMMAND...: PostgreSQL does not run as root.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
server=$(mktemp -d)
if [ "$(id -u)" = 0 ]; then chown postgres "$server"; fi
port=$(node -e '
  const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port);
    server.close();
  });')
cd "$server"
as "$bin/initdb" -D "$server/data" -U bot --locale=C -E UTF8 --no-sync -A trust >"$scratch/initdb.log" 2>&1 ||
  fail "initdb: $(cat "$scratch/initdb.log")"
start_server() {
  as "$bin/pg_ctl" -D "$server/data" -w -t 20 -l "$server/log" \
    -o "-h 127.0.0.1 -p $port -k $server -c fsync=off" start >/dev/null ||
    fail "PostgreSQL does not start: $(cat "$server/log")"
}
stop_server() { as "$bin/pg_ctl" -D "$server/data" -w -t 20 -m fast stop >/dev/null; }
trap 'stop_server 2>/dev/null || true; cleanup; rm -rf "$server"' EXIT
rows() { as "$bin/psql" -h 127.0.0.1 -p "$port" -U bot -d postgres -qAt -F, -c "$1"; }

start_server
start_demo exchange --data "$scratch/demo"
cat >"$scratch/streams.yaml" <<'YAML'
streams:
  - {name: trade, pairs: [BTC-USD, ETH-USD]}
  - {name: spread, pairs: [BTC-USD]}
YAML
mkdir "$scratch/data"
start_engine <<YAML
$(exchange_section "$exchange_url")
recorder: {enabled: false}
store: {database: "postgresql://bot@127.0.0.1:$port/postgres", spool_segment_bytes: 4MiB}
YAML

stored() { [ "$(rows 'SELECT count(*) FROM tickwitness.trades' 2>/dev/null || echo 0)" -gt "$1" ]; }
eventually 20 stored 100 || fail "nothing is stored: $(tail -n 5 "$scratch/run.log")"
expect_equal "the store answers" 1 "$(metric tickwitness_store_connected)"

stop_server
away() { [ "$(metric tickwitness_store_connected)" = 0 ]; }
eventually 10 away || fail "that the database is away is not told"
before=$(metric tickwitness_spool_ticks_total)
sleep 5
[ "$(metric tickwitness_spool_ticks_total)" -gt "$before" ] || fail "nothing is accepted meanwhile"
expect_equal "reconnections of the feed" 0 "$(metric kraken_ws_reconnects_total)"
start_server
caught_up() { [ "$(metric tickwitness_store_connected)" = 1 ] && [ "$(metric tickwitness_store_lag_seconds)" = 0 ]; }
eventually 40 caught_up || fail "not caught up: $(tail -n 5 "$scratch/run.log")"
kill -TERM "$run_pid"
wait "$run_pid" || fail "the engine's end: $(tail -n 5 "$scratch/run.log")"
kill -TERM "$demo_pid"
wait "$demo_pid" || true # its record has two clients; of what it stored it must be content
grep -q ' equal *stored.trades BTC-USD@kraken$' "$scratch/demo.out" ||
  fail "the demo compared nothing: $(tail -n 20 "$scratch/demo.out")"

# Of the ids that both have seen: the same trades, digit by digit.
for symbol in BTC-USD ETH-USD; do
  rows "SELECT t.id, t.taker_side, t.price, t.quantity FROM tickwitness.trades t
        JOIN tickwitness.symbols s ON s.id = t.symbol WHERE s.name = '$symbol' ORDER BY t.id" \
    >"$scratch/postgres.csv"
  first=$(head -n 1 "$scratch/postgres.csv" | cut -d, -f1)
  last=$(tail -n 1 "$scratch/postgres.csv" | cut -d, -f1)
  "$TICKWITNESS" export trades --data "$scratch/demo" --symbol $symbol | tail -n +2 |
    awk -F, -v OFS=, -v first="$first" -v last="$last" \
      '$3 >= first && $3 <= last { print $3, $5, $6, $7 }' | sort -t, -k1n >"$scratch/sqlite.csv"
  [ "$(wc -l <"$scratch/sqlite.csv")" -gt 50 ] || fail "hardly any trade of $symbol"
  diff "$scratch/sqlite.csv" "$scratch/postgres.csv" >"$scratch/diff" ||
    fail "$symbol in PostgreSQL is not what the exchange sent: $(head -n 5 "$scratch/diff")"
done
others=$(grep 'level=error' "$scratch/run.log" | grep -v 'the store does not answer' || true)
expect_equal "errors beside those of the database" "" "$others"
