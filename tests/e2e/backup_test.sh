#!/usr/bin/env bash
# A backup of a directory that is written to at a high rate, restored: each trade that was accepted
# when it began is there once and as it was, and an engine goes on from there without doubling any.
# timeout: 150
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

data=$scratch/data
export TMPDIR=$scratch

# trades DATA: all that its database has, one a line, sorted.
trades() {
  local symbol
  for symbol in $symbols; do
    "$TICKWITNESS" export trades --data "$1" --symbol "$symbol" | tail -n +2
  done | LC_ALL=C sort
}

# refused CODE WORDS COMMAND...: how it ends, and what it says.
refused() {
  local code=0
  "${@:3}" >"$scratch/said" 2>&1 || code=$?
  expect_equal "the exit code of ${*:4}" "$1" "$code"
  expect_contains "${*:4}" "$2" "$scratch/said"
}

"$TICKWITNESS" backup --help | grep -q 'sha256sum -c manifest' || fail "the help of backup"
start_demo loaded --pairs 12 --data "$data" --json
symbols=$(curl -sf "$url/api/v1/feeds" | node -e '
  const { feeds } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const names = feeds.filter((feed) => feed.stream === "trade").map((feed) => feed.symbol);
  console.log([...new Set(names)].join(" "));
')
sleep 3
inserted() { metric 'tickwitness_store_ticks_total{result="inserted"}'; }
for name in one two three; do
  trades "$data" >"$scratch/$name.before"
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

for name in one two three; do
  "$TICKWITNESS" restore "$scratch/$name" --data "$scratch/$name.back" >"$scratch/said" ||
    fail "restore: $(cat "$scratch/said")"
  "$TICKWITNESS" spool --data "$scratch/$name.back" >"$scratch/said" ||
    fail "the restored spool: $(cat "$scratch/said")"
  "$TICKWITNESS" demo --for 3s --seed 8 --pairs 12 --port 0 --data "$scratch/$name.back" --json \
    >"$scratch/demo.json" 2>"$scratch/demo.log" ||
    fail "a demo on what was restored: $(tail -c 500 "$scratch/demo.json")"
  trades "$scratch/$name.back" >"$scratch/$name.now"
  compare "$name" || fail "what came back of backup $name"
done

# Damage is found before anything appears.
printf x | dd of="$scratch/one/market.sqlite" bs=1 seek=5000 conv=notrunc status=none
refused 65 'is not what it was when the backup was made' \
  "$TICKWITNESS" restore "$scratch/one" --data "$scratch/again"
[ ! -e "$scratch/again" ] || fail "something of a damaged backup was restored"
