#!/usr/bin/env bash
# Two engines follow one exchange: a demo, which keeps what it is sent in SQLite and compares that
# with the exchange itself, and one that stores in a real PostgreSQL, which is away for a while.
# timeout: 150
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/postgres.sh
. "$here/../postgres.sh"

check() { # CODE
  local code=0
  "$TICKWITNESS" check -c "$scratch/tickwitness.yaml" --online >"$scratch/check.out" || code=$?
  expect_equal "check --online: $(cat "$scratch/check.out")" "$1" "$code"
}
told() {
  tr -s ' ' <"$scratch/check.out" | grep -q "^storage database $1" ||
    fail "no '$1' in $(cat "$scratch/check.out")"
}
start_follower --data "$scratch/demo" <<YAML
store: {database: "postgresql://bot@127.0.0.1:$port/postgres", spool_segment_bytes: 4MiB}
YAML

eventually 20 connected || fail "the store does not answer: $(tail -n 5 "$scratch/run.log")"
eventually 20 stored 100 || fail "nothing is stored: $(tail -n 5 "$scratch/run.log")"

check 0
told 'connect ok .* postgresql://bot@'
told 'tls skipped '
told "schema ok .* version [0-9]*, of this tickwitness"
told 'write ok '
rows 'CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA tickwitness TO reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA tickwitness TO reader'
cp "$scratch/tickwitness.yaml" "$scratch/kept.yaml"
sed -i 's,postgresql://bot@,postgresql://reader@,' "$scratch/tickwitness.yaml"
check 69
told 'write failed .* GRANT CREATE, USAGE ON SCHEMA tickwitness TO reader is missing'
cp "$scratch/kept.yaml" "$scratch/tickwitness.yaml"

# What is told of statements and connections is what the server has.
connections() { rows "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tickwitness'"; }
told_connections() {
  curl -sf "$url/metrics" |
    awk '/^tickwitness_db_connections_(active|idle)\{/ { sum += $NF } END { print sum + 0 }'
}
expect_equal "connections" "$(connections)" "$(told_connections)"
[ "$(metric 'tickwitness_db_queries_total{operation="copy",table="trades",result="success"}')" -gt 0 ] ||
  fail "no COPY is counted"

stop_server
away() { [ "$(metric tickwitness_store_connected)" = 0 ]; }
eventually 10 away || fail "that the database is away is not told"
before=$(metric tickwitness_spool_ticks_total)
sleep 5
[ "$(metric tickwitness_spool_ticks_total)" -gt "$before" ] || fail "nothing is accepted meanwhile"
expect_equal "reconnections of the feed" 0 "$(metric kraken_ws_reconnects_total)"
start_server
caught_up() { connected && [ "$(metric tickwitness_store_lag_seconds)" = 0 ]; }
eventually 40 caught_up || fail "not caught up: $(tail -n 5 "$scratch/run.log")"

# What a page is told of the past is the same from PostgreSQL as from the demo's file, which is
# compared with the exchange below.
past() { # URL SYMBOL KIND: what both may have
  node "$here/history.mjs" "$1" "$2" "$3" "$now" "$since"
}
since=$(rows "SELECT to_char(to_timestamp(max(first) / 1e9 + 1) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')
  FROM (SELECT min(exchange_time) AS first FROM tickwitness.trades GROUP BY symbol) t")
now=$(date -u +%FT%TZ)
sleep 2
selects='tickwitness_db_queries_total{operation="select",table="trades",result="success"}'
before=$(metric "$selects")
for symbol in BTC-USD ETH-USD; do
  past "$url" $symbol trades >"$scratch/$symbol.postgres" || fail "the trades of $symbol"
  past "$demo_url" $symbol trades >"$scratch/$symbol.sqlite" || fail "the demo's trades of $symbol"
  [ "$(wc -l <"$scratch/$symbol.postgres")" -gt 50 ] || fail "hardly any history of $symbol"
  cmp -s "$scratch/$symbol.sqlite" "$scratch/$symbol.postgres" ||
    fail "the history of $symbol: $(diff "$scratch/$symbol.sqlite" "$scratch/$symbol.postgres" | head -n 5)"
done
past "$url" BTC-USD quotes >"$scratch/quotes" || fail "the quotes"
[ "$(wc -l <"$scratch/quotes")" -gt 5 ] || fail "only $(wc -l <"$scratch/quotes") quotes"
[ "$(metric "$selects")" -gt "${before:-0}" ] || fail "questions of a page are not among the queries"
expect_equal "connections with a reader's" "$(connections)" "$(told_connections)"
size=$(rows 'SELECT pg_database_size(current_database())')
told_size=$(metric tickwitness_store_disk_bytes)
[ "$((told_size * 10 / size))" -ge 5 ] || fail "the database takes $size bytes, and $told_size are told"
kill -TERM "$run_pid"
wait "$run_pid" || fail "the engine's end: $(tail -n 5 "$scratch/run.log")"
mv "$scratch/run.log" "$scratch/first.log"

# Another process, which reaches no exchange, says the same.
start_engine <<YAML
$(exchange_section ws://127.0.0.1:9/v2)
recorder: {enabled: false}
store: {database: "postgresql://bot@127.0.0.1:$port/postgres", spool_segment_bytes: 4MiB}
YAML
eventually 20 connected || fail "the store does not answer: $(tail -n 5 "$scratch/run.log")"
for symbol in BTC-USD ETH-USD; do
  past "$url" $symbol trades >"$scratch/again"
  cmp -s "$scratch/again" "$scratch/$symbol.sqlite" ||
    fail "$symbol after a restart: $(diff "$scratch/again" "$scratch/$symbol.sqlite" | head -n 5)"
done
past "$url" BTC-USD quotes >"$scratch/again"
cmp -s "$scratch/again" "$scratch/quotes" || fail "the quotes after a restart"
kill -TERM "$run_pid"
wait "$run_pid" || fail "the second engine's end: $(tail -n 5 "$scratch/run.log")"
kill -TERM "$demo_pid"
# Its exchange has recorded two clients where it was one: not content with that, it must be with all
# that it stored.
code=0
wait "$demo_pid" || code=$?
expect_equal "the exit code of the demo" 1 "$code"
expect_contains "what the demo compared" 'stored.trades BTC-USD@kraken' "$scratch/demo.out"
differs=$(awk '/ stored\./ && !/ equal /' "$scratch/demo.out")
expect_equal "what the demo stored differently" "" "$differs"

# What export gives is what the table has.
"$TICKWITNESS" export trades --database "postgresql://bot@127.0.0.1:$port/postgres" --symbol BTC-USD |
  tail -n +2 | cut -d, -f3,5,6,7 >"$scratch/exported.csv"
rows "SELECT t.id, t.taker_side, t.price, t.quantity FROM tickwitness.trades t
      JOIN tickwitness.symbols s ON s.id = t.symbol WHERE s.name = 'BTC-USD'
      ORDER BY t.exchange_time, t.id" >"$scratch/rows.csv"
[ "$(wc -l <"$scratch/exported.csv")" -gt 50 ] || fail "hardly anything is exported"
diff "$scratch/rows.csv" "$scratch/exported.csv" >"$scratch/diff" ||
  fail "the export is not what the table has: $(head -n 5 "$scratch/diff")"

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
others=$(awk '/level=error/ && !/the store does not answer/' "$scratch/first.log")
expect_equal "errors beside those of the database" "" "$others"
