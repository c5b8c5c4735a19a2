#!/usr/bin/env bash
# A backup of a directory that is written to, some hundred trades a second, restored: each trade that
# was accepted when it began is there once and as it was, so are gap ledger and counters, and an engine
# goes on from there without doubling any.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

data=$scratch/saved
export TMPDIR=$scratch

# trades DATA: all that its database has, one a line, sorted.
trades() {
  local symbol
  for symbol in $symbols; do
    "$TICKWITNESS" export trades --data "$1" --symbol "$symbol" | tail -n +2
  done | LC_ALL=C sort
}

# ledger DATA: the gap ledger of its database.
ledger() { sqlite3 -readonly "$1/market.sqlite" 'SELECT * FROM gaps ORDER BY spool, id'; }

# refused CODE WORDS COMMAND...: how it ends, and what it says.
refused() {
  local code=0
  "${@:3}" >"$scratch/said" 2>&1 || code=$?
  expect_equal "the exit code of ${*:4}" "$1" "$code"
  expect_contains "${*:4}" "$2" "$scratch/said"
}

"$TICKWITNESS" backup --help | grep -q 'sha256sum -c manifest' || fail "the help of backup"
# Connections are cut while many trades come: more are missing then than a subscription repeats.
start_demo loaded --fault flood@3s+60s --fault reset@5s --fault reset@7s \
  --data "$data" --json
symbols=$(trade_symbols)
inserted() { metric 'tickwitness_store_ticks_total{result="inserted"}'; }
filled() {
  ledger "$data" >"$scratch/ledger"
  [ "$(grep -c '|filled|' "$scratch/ledger")" -ge 2 ] && ! grep -qE '\|(open|filling)\|' "$scratch/ledger"
}
eventually 30 filled || fail "no gap is in the ledger: $(ledger "$data")"
# rate: how many ticks are stored in a second.
rate() {
  local before
  before=$(inserted)
  sleep 2
  echo $((($(inserted) - before) / 2))
}
[ "$(rate)" -gt 200 ] || fail "the load is too low"
for name in one two three; do
  trades "$data" >"$scratch/$name.before"
  ledger "$data" >"$scratch/$name.ledger"
  accepted >"$scratch/$name.accepted"
  "$TICKWITNESS" backup --data "$data" --to "$scratch/$name" >"$scratch/said" ||
    fail "a backup under load: $(cat "$scratch/said")"
  expect_contains "what a backup says" "database up to record" "$scratch/said"
  (cd "$scratch/$name" && sha256sum --quiet -c manifest) || fail "sha256sum finds the backup damaged"
done
after=$(inserted)
# More than could have been on its way to the database when the last backup was taken.
stored_more() { [ "$(inserted)" -gt $((after + 200)) ]; }
eventually 20 stored_more || fail "the engine stored nothing after the backups"
refused 73 'is in use by another tickwitness (process ' \
  "$TICKWITNESS" restore "$scratch/one" --data "$data"
refused 73 'is there already and not empty' "$TICKWITNESS" backup --data "$data" --to "$scratch/one"
refused 66 'name a data directory of tickwitness' \
  "$TICKWITNESS" backup --data "$scratch" --to "$scratch/other"
expect_equal "failures of the store" 0 "$(metric tickwitness_store_failures_total)"

kill -INT "$demo_pid"
wait "$demo_pid" || fail "the demo whose data was saved: $(tail -c 500 "$scratch/demo.out")"
trades "$data" >"$scratch/all"
[ "$(wc -l <"$scratch/all")" -gt 200 ] || fail "only $(wc -l <"$scratch/all") trades"

# compare NAME: what the directory restored from it has now, beside what the first demo stored.
compare() {
  node -e '
    const [all, before, now] = process.argv.slice(1).map((file) =>
      require("fs").readFileSync(file, "utf8").trim().split("\n").map((line) => {
        const [exchange, symbol, id] = line.split(",");
        return { market: exchange + " " + symbol, id: Number(id), line };
      }));
    const made = new Map(all.map((trade) => [trade.market + " " + trade.id, trade.line]));
    const last = new Map();
    for (const { market, id } of all) last.set(market, Math.max(id, last.get(market) ?? 0));
    // What has a later id is of the demo that ran on the restored directory.
    const back = now.filter(({ market, id }) => id <= (last.get(market) ?? 0));
    const ids = new Set(back.map(({ market, id }) => market + " " + id));
    if (ids.size !== back.length) throw new Error("a trade twice");
    for (const { market, id, line } of back) {
      if (made.get(market + " " + id) !== line) throw new Error("altered: " + line);
    }
    for (const { market, id, line } of before) {
      if (!ids.has(market + " " + id)) throw new Error("missing: " + line);
    }
    const upto = new Map();
    for (const { market, id } of back) upto.set(market, Math.max(id, upto.get(market) ?? 0));
    const due = all.filter(({ market, id }) => id <= (upto.get(market) ?? 0)).length;
    if (due !== back.length) throw new Error(`${due} trades up to the last ones, ${back.length} are there`);
    if (now.length === back.length) throw new Error("nothing was stored after the restore");
    if (back.length === all.length) throw new Error("the backup was not taken in the middle");
  ' "$scratch/all" "$scratch/$1.before" "$scratch/$1.now"
}

# An engine that reaches no exchange, on $scratch/data: what it knows is what was restored.
{
  echo 'streams:'
  echo "  - {name: trade, pairs: [$(xargs <<<"$symbols" | tr ' ' ,)]}"
} >"$scratch/streams.yaml"
all_stored() { [ "$(metric tickwitness_store_lag_seconds)" = 0 ]; }
# knows NAME: the ledger and the counters are those of when backup NAME was made.
knows() {
  local symbol counter
  start_engine < <(exchange_section ws://127.0.0.1:1/v2 && echo 'recorder: {enabled: false}')
  accepted >"$scratch/$1.first"
  eventually 20 all_stored || fail "what was in the spool of backup $1 is not stored"
  curl -sf "$url/api/v1/gaps" >"$scratch/gaps.json"
  kill -TERM "$run_pid"
  wait "$run_pid" || fail "the end of the engine on backup $1: $(tail -n 3 "$scratch/run.log")"
  none_fell "$scratch/$1.accepted" "$scratch/$1.first"
  for symbol in $symbols; do
    counter="tickwitness_trades_accepted_total{exchange=\"kraken\",symbol=\"$symbol\"}"
    expect_equal "trades of $symbol in backup $1, counted" \
      "$("$TICKWITNESS" export trades --data "$scratch/data" --symbol "$symbol" | tail -n +2 | wc -l)" \
      "$(awk -v name="$counter" '$1 == name { print $2 }' "$scratch/$1.first")"
  done
  ledger "$scratch/data" | diff "$scratch/$1.ledger" - || fail "the ledger of backup $1 is another"
  node -e '
    const { gaps } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    console.log(gaps.filter((gap) => gap.state === "filled").length);' "$scratch/gaps.json" |
    grep -qx "$(grep -c '|filled|' "$scratch/$1.ledger")" ||
    fail "gaps that are told of backup $1: $(cat "$scratch/gaps.json")"
}

for name in one two three; do
  rm -rf "$scratch/data"
  "$TICKWITNESS" restore "$scratch/$name" --data "$scratch/data" >"$scratch/said" ||
    fail "restore: $(cat "$scratch/said")"
  "$TICKWITNESS" spool --data "$scratch/data" >"$scratch/said" ||
    fail "the restored spool: $(cat "$scratch/said")"
  knows "$name"
  "$TICKWITNESS" demo --for 3s --seed 8 --port 0 --data "$scratch/data" --json \
    >"$scratch/demo.json" 2>"$scratch/demo.log" ||
    fail "a demo on what was restored: $(tail -c 500 "$scratch/demo.json")"
  trades "$scratch/data" >"$scratch/$name.now"
  compare "$name" || fail "what came back of backup $name"
done

# Damage is found before anything appears.
printf x | dd of="$scratch/one/market.sqlite" bs=1 seek=5000 conv=notrunc status=none
refused 65 'is not what it was when the backup was made' \
  "$TICKWITNESS" restore "$scratch/one" --data "$scratch/again"
[ ! -e "$scratch/again" ] || fail "something of a damaged backup was restored"
