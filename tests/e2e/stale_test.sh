#!/usr/bin/env bash
# A subscription that goes silent while its market moves is found dead, with REST as the witness, and
# that is said everywhere while its link reads connected.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo stale --fault silent@2s
stream=$scratch/stream
curl -sN --max-time 40 "$url/sse/metrics" >"$stream" &
pids+=($!)

# subscription FAMILY SYMBOL [LABEL]: of its trade stream.
subscription() {
  local labels="exchange=\"kraken\",symbol=\"$2\",stream=\"trade\"${3:-}"
  metric "tickwitness_feed_subscription_$1{$labels}"
}
state() { subscription state "$1" ",state=\"$2\""; }
is_dead() { [ "$(state BTC-USD zombie)" = 1 ] || [ "$(state BTC-USD healing)" = 1 ]; }
eventually 25 is_dead || fail "not dead: $(curl -s "$url/api/v1/feeds")"
expect_equal "link" 1 "$(metric kraken_ws_connection_status)"
expect_equal "others are live" 1 "$(state ETH-USD live)"
found=$(metric 'tickwitness_feed_detection_seconds_count{exchange="kraken"}')
[ "${found%.*}" -ge 1 ] || fail "the time to detect was measured $found times"
eventually 5 grep -q '"ws_status":"degraded"' "$stream" || fail "the stream does not say degraded"
curl -s "$url/api/v1/feeds" >"$scratch/feeds"
node -e '
  const feeds = JSON.parse(require("fs").readFileSync(process.argv[1])).feeds;
  const well = new Set(["live", "quiet"]);
  const ill = feeds.filter((f) => !well.has(f.state));
  const right = ill.every((f) => f.symbol === "BTC-USD" && f.stream === "trade");
  if (!right) { console.error("FAILED:", ill); process.exit(1); }' "$scratch/feeds"
curl -s -H 'Accept: application/json' "$url/health" >"$scratch/health"
expect_contains "health" '"status":"degraded"' "$scratch/health"
