#!/usr/bin/env bash
# What was stored is there after the process is gone, by kill -9 too, and can be asked for.
# timeout: 120
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

data=$scratch/data

# stored_of FILE: how many trades a demo's database had to have of it.
stored_of() {
  node -e '
    const run = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").pop());
    const checks = run.checks.filter((check) => check.name.startsWith("stored.trades"));
    if (checks.length < 4) throw new Error("stored trades are not compared");
    console.log(checks.reduce((sum, check) => sum + check.truth, 0));
  ' "$1"
}

stored=0
for seed in 7 7; do
  "$TICKWITNESS" demo --for 6s --seed "$seed" --port 0 --data "$data" --json \
    >"$scratch/demo.json" 2>"$scratch/demo.log" ||
    fail "a demo that stores: $(tail -c 300 "$scratch/demo.json") $(tail -n 5 "$scratch/demo.log")"
  stored=$((stored + $(stored_of "$scratch/demo.json")))
done
[ "$stored" -gt 100 ] || fail "only $stored trades"

# rows SYMBOL FORMAT: what export gives of a market.
rows() { "$TICKWITNESS" export trades --data "$data" --symbol "$1" --format "$2"; }
sum=0
symbols=$(node -e '
  const run = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").pop());
  const names = run.checks.map((check) => /^stored\.trades (.*)@kraken$/.exec(check.name)?.[1]);
  console.log(names.filter(Boolean).join(" "));
' "$scratch/demo.json")
for symbol in $symbols; do
  csv=$(rows "$symbol" csv | tail -n +2 | wc -l)
  [ "$csv" = "$(rows "$symbol" jsonl | wc -l)" ] || fail "csv and jsonl of $symbol differ"
  sum=$((sum + csv))
done
[ "$sum" = "$stored" ] || fail "$stored trades were stored, $sum come back"
rows BTC-USD csv | head -n 1 | grep -qx 'exchange,symbol,id,time,taker_side,price,quantity' ||
  fail "the head of the csv"
rows BTC-USD jsonl | node -e '
  const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const ids = new Set(lines.map((trade) => trade.id));
  if (ids.size !== lines.length) throw new Error("an id twice");
  const times = lines.map((trade) => trade.time);
  if (times.join() !== [...times].sort().join()) throw new Error("not in the order of time");
' || fail "the trades that come back"
middle=$(rows BTC-USD csv | tail -n +2 | cut -d, -f4 | sed -n 20p)
before=$("$TICKWITNESS" export trades --data "$data" --symbol BTC-USD --to "$middle" | tail -n +2 | wc -l)
after=$("$TICKWITNESS" export trades --data "$data" --symbol BTC-USD --from "$middle" | tail -n +2 | wc -l)
[ $((before + after)) = "$(rows BTC-USD jsonl | wc -l)" ] || fail "--from and --to split wrongly"

# refused CODE WORDS COMMAND...: how it ends, and what it says.
refused() {
  local code=0
  "${@:3}" >/dev/null 2>"$scratch/said" || code=$?
  expect_equal "the exit code of ${*:4}" "$1" "$code"
  expect_contains "${*:4}" "$2" "$scratch/said"
}
refused 64 "is no time; write 2026-11-22" "$TICKWITNESS" export trades --data "$data" \
  --symbol BTC-USD --from yesterday
refused 66 "cannot be opened" "$TICKWITNESS" export trades --data "$scratch/none" --symbol BTC-USD
refused 66 "spool" "$TICKWITNESS" spool --data "$scratch/none"

# Killed at any moment: what the spool accepted reaches the database with the next start.
"$TICKWITNESS" demo --seed 9 --port 0 --data "$data" >"$scratch/killed.log" 2>&1 &
killed=$!
pids+=("$killed")
sleep 4
kill -9 "$killed"
code=0
wait "$killed" || code=$?
expect_equal "the exit code of what was killed" 137 "$code"
"$TICKWITNESS" spool --data "$data" --json >"$scratch/spool.json" || fail "the spool after kill -9"
"$TICKWITNESS" demo --for 3s --seed 10 --port 0 --data "$data" --json >"$scratch/demo.json" \
  2>"$scratch/demo.log" || fail "a demo after kill -9: $(tail -c 300 "$scratch/demo.json")"
all=0 last=0
for symbol in $symbols; do all=$((all + $(rows "$symbol" jsonl | wc -l))); done
last=$(stored_of "$scratch/demo.json")
node -e '
  const spool = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
  const rows = Number(process.argv[2]);
  const one = spool.segments.length === 1 && spool.segments[0].lost === 0;
  if (!one || spool.trades < 20 || spool.trades !== rows)
    throw new Error(`${rows} rows of ${JSON.stringify(spool)}`);
' "$scratch/spool.json" $((all - stored - last)) || fail "what the spool held is not what was stored"
