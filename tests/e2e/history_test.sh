#!/usr/bin/env bash
# What the page may ask of the past is what the exchange made, and the same after a restart.
# timeout: 120
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

data=$scratch/data

# A demo whose database had to have what the exchange made.
"$TICKWITNESS" demo --for 8s --seed 7 --port 0 --data "$data" --json >"$scratch/demo.json" \
  2>"$scratch/demo.log" || fail "the first demo: $(tail -c 500 "$scratch/demo.json")"

# ask PARAMETERS: the answer.
ask() { curl -sf "$url/api/v1/history?exchange=kraken&$1"; }

# status PARAMETERS: how it is answered; the text is in $scratch/said.
status() { curl -s -o "$scratch/said" -w '%{http_code}' "$url/api/v1/history?$1"; }

# all KIND: every row of it up to now; a line for each.
all() { node "$(dirname "$0")/history.mjs" "$url" BTC-USD "$1" "$2"; }

start_demo second --data "$data"
sleep 2
now=$(date -u +%FT%TZ)
sleep 1
all trades "$now" >"$scratch/trades" || fail "the trades of the history"
# Statements are counted whoever runs them; the engine looks at no trade that nobody sends twice.
selects='tickwitness_db_queries_total{operation="select",table="trades",result="success"}'
before=$(metric "$selects")
for _ in 1 2 3 4 5; do ask symbol=BTC-USD >/dev/null; done
[ "$(metric "$selects")" -ge $((${before:-0} + 5)) ] || fail "five questions are not among the queries"
# The same, by another way: as the export gives them.
"$TICKWITNESS" export trades --data "$data" --symbol BTC-USD --to "$now" --format jsonl |
  node -e '
    const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => {
      const { time, id, taker_side, price, quantity } = JSON.parse(line);
      return `{"time":"${time}","id":${id},"taker_side":"${taker_side}","price":${price},"quantity":${quantity}}`;
    });
    console.log(lines.sort().join("\n"));
  ' >"$scratch/exported"
cmp -s "$scratch/trades" "$scratch/exported" ||
  fail "history and export differ: $(diff "$scratch/trades" "$scratch/exported" | head -n 5)"
[ "$(wc -l <"$scratch/trades")" -gt 100 ] || fail "only $(wc -l <"$scratch/trades") trades"
all quotes "$now" >"$scratch/quotes" || fail "the quotes of the history"
[ "$(wc -l <"$scratch/quotes")" -gt 5 ] || fail "only $(wc -l <"$scratch/quotes") quotes"

expect_equal "a market that nobody follows" \
  '{"exchange":"kraken","symbol":"XYZ-EUR","kind":"trades","more":false,"rows":[]}' \
  "$(ask symbol=XYZ-EUR)"
expect_equal "a question without a market" 400 "$(status exchange=kraken)"
expect_contains "its answer" "symbol: missing" "$scratch/said"
expect_equal "another method" 405 \
  "$(curl -s -o "$scratch/said" -w '%{http_code}' -X POST "$url/api/v1/history")"

# Many at once: each is answered, or told when to come again; nobody else waits.
seq 200 | xargs -P 30 -I{} curl -s -o "$scratch/said" -w '%{http_code}\n' \
  "$url/api/v1/history?exchange=kraken&symbol=BTC-USD&limit=1000" | sort | uniq -c >"$scratch/codes"
[ "$(awk '$2 != 200 && $2 != 503' "$scratch/codes" | wc -l)" = 0 ] || fail "$(cat "$scratch/codes")"
expect_equal "failures of the store" 0 "$(metric tickwitness_store_failures_total)"
answered=$(metric 'tickwitness_http_requests_total{route="/api/v1/history",method="GET",status_code="200"}')
[ "$answered" -gt 10 ] || fail "$answered requests were counted"

# The process ends; another one, which reaches no exchange, answers the same.
kill -INT "$demo_pid"
wait "$demo_pid" || fail "the second demo: $(tail -n 5 "$scratch/second.log")"
cat >"$scratch/streams.yaml" <<END
streams:
  - {name: trade, pairs: [BTC-USD, XYZ-EUR]}
END
start_engine < <(exchange_section ws://127.0.0.1:9/v2)
for kind in trades quotes; do
  all "$kind" "$now" >"$scratch/again"
  cmp -s "$scratch/again" "$scratch/$kind" ||
    fail "$kind after a restart: $(diff "$scratch/again" "$scratch/$kind" | head -n 5)"
done
# Its past is too short to tell what a day takes, and then it is not.
expect_contains "the estimate" 'disk a day is not known yet' "$scratch/run.log"
"$TICKWITNESS" check -c "$scratch/tickwitness.yaml" >"$scratch/said" || fail "check"
expect_contains "the estimate of check" 'Disk: database not known yet, recordings not known yet.' \
  "$scratch/said"
