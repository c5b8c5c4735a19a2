#!/usr/bin/env bash
# A backup of an engine that stores in a real PostgreSQL meanwhile, put back into another database: each trade
# that was stored when it began is there once and as it was, and an engine goes on from there. Tables of an
# earlier version are saved before they are changed, and that too comes back.
# timeout: 150
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/postgres.sh
. "$here/../postgres.sh"

at() { echo "postgresql://bot@127.0.0.1:$port/$1"; }
# trades DATABASE: all of them with their names, one a line, sorted.
trades() {
  rows "SELECT v.name, s.name, t.id, t.taker_side, t.order_type, t.price, t.quantity, t.exchange_time, t.received
        FROM tickwitness.trades t JOIN tickwitness.venues v ON v.id = t.venue
        JOIN tickwitness.symbols s ON s.id = t.symbol" "$1" | LC_ALL=C sort
}
restore() { "$TICKWITNESS" restore "$@" >"$scratch/said" 2>&1; }
refused() { # WORDS COMMAND...
  local code=0
  "${@:2}" || code=$?
  expect_equal "the exit code of ${*:2}" 73 "$code"
  expect_contains "${*:2}" "$1" "$scratch/said"
}
# go_on DATABASE: an engine that reaches no exchange, until all that waited is stored.
go_on() {
  start_engine <<YAML
$(exchange_section ws://127.0.0.1:9/v2)
recorder: {enabled: false}
store: {database: "$(at "$1")", spool_segment_bytes: 4MiB}
YAML
  eventually 20 caught_up || fail "not caught up: $(tail -n 5 "$scratch/run.log")"
  kill -TERM "$run_pid"
  wait "$run_pid" || fail "the engine's end: $(tail -n 5 "$scratch/run.log")"
}
caught_up() { connected && [ "$(metric tickwitness_store_lag_seconds)" = 0 ]; }

start_follower --fault flood@3s+60s --data "$scratch/demo" <<YAML
store: {database: "$(at postgres)", spool_segment_bytes: 4MiB}
YAML
eventually 20 connected || fail "the store does not answer: $(tail -n 5 "$scratch/run.log")"
eventually 20 stored 1000 || fail "hardly anything is stored: $(tail -n 5 "$scratch/run.log")"
trades postgres >"$scratch/before"
"$TICKWITNESS" backup -c "$scratch/tickwitness.yaml" --to "$scratch/backup" >"$scratch/said" ||
  fail "a backup under load: $(cat "$scratch/said")"
expect_contains "what a backup says" "database up to record" "$scratch/said"
(cd "$scratch/backup" && sha256sum --quiet -c manifest) || fail "sha256sum finds the backup damaged"
more=$(($(wc -l <"$scratch/before") + 500))
eventually 20 stored "$more" || fail "the engine stored nothing after the backup"
expect_equal "failures of the store" 0 "$(metric tickwitness_store_failures_total)"
kill -TERM "$run_pid"
wait "$run_pid" || fail "the engine's end: $(tail -n 5 "$scratch/run.log")"
trades postgres >"$scratch/all"
"$TICKWITNESS" backup -c "$scratch/tickwitness.yaml" --to "$scratch/spool" --without-rows >"$scratch/said"
expect_contains "a backup without rows" "save them now, with pg_dump" "$scratch/said"
[ ! -e "$scratch/spool/trades.csv" ] || fail "--without-rows saved them"

refused 'name a database for them with' restore "$scratch/backup" --data "$scratch/back"
refused 'has tables of tickwitness already' \
  restore "$scratch/backup" --data "$scratch/back" --database "$(at postgres)"
[ ! -e "$scratch/back" ] || fail "a data directory appeared"
restore "$scratch/backup" --data "$scratch/back" --without-rows || fail "restore: $(cat "$scratch/said")"
expect_contains "a directory without rows" "see that the server has them" "$scratch/said"
rm -r "$scratch/back"
refused 'is no connection string' restore "$scratch/backup" --data "$scratch/back" --database nonsense
rows 'CREATE DATABASE second'
rows 'CREATE DATABASE third'
mv "$scratch/data" "$scratch/first"
restore "$scratch/backup" --data "$scratch/data" --database "$(at second)" ||
  fail "restore: $(cat "$scratch/said")"
go_on second
trades second >"$scratch/second"
lost=$(LC_ALL=C comm -23 "$scratch/before" "$scratch/second" | head -n 3)
expect_equal "trades that the backup lost" "" "$lost"
altered=$(LC_ALL=C comm -13 "$scratch/all" "$scratch/second" | head -n 3)
expect_equal "trades that the exchange never sent" "" "$altered"
expect_equal "trades that are there twice" "" "$(uniq -d "$scratch/second" | head -n 3)"

# As the version before the gap ledger had them.
rows 'DROP TABLE tickwitness.gaps; UPDATE tickwitness.schema_version SET version = 2' second
mkdir "$scratch/data/postgresql.backup-schema-2"  # an earlier one, to be kept
go_on second
version() { rows 'SELECT version FROM tickwitness.schema_version' "$1"; }
[ "$(version second)" -gt 2 ] || fail "the tables are not up to date"
trades second >"$scratch/migrated"
cmp -s "$scratch/second" "$scratch/migrated" || fail "migrating altered trades"
saved=$scratch/data/postgresql.backup-schema-2-2
expect_equal "what the engine says of it" 2 "$(grep -c "to=$saved" "$scratch/run.log")"
restore "$saved" --data "$scratch/old" --database "$(at third)" || fail "restore: $(cat "$scratch/said")"
expect_equal "the version that comes back" 2 "$(version third)"
trades third >"$scratch/third"
cmp -s "$scratch/second" "$scratch/third" || fail "what was saved before migrating is not what was there"
