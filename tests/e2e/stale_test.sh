#!/usr/bin/env bash
# A silent subscription is reported suspect everywhere while its link reads connected.
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
is_stale() { [ "$(subscription state BTC-USD ',state="suspect"')" = 1 ]; }
eventually 25 is_stale || fail "not suspect: $(curl -s "$url/api/v1/feeds")"
expect_equal "link" 1 "$(metric kraken_ws_connection_status)"
expect_equal "times stale" 1 "$(subscription stale_total BTC-USD)"
expect_equal "others are live" 1 "$(subscription state ETH-USD ',state="live"')"
eventually 5 grep -q '"ws_status":"degraded"' "$stream" || fail "the stream does not say degraded"
curl -s "$url/api/v1/feeds" >"$scratch/feeds"
node -e '
  const feeds = JSON.parse(require("fs").readFileSync(process.argv[1])).feeds;
  const stale = feeds.filter((f) => f.state === "suspect");
  const [one] = stale;
  const right = stale.length === 1 && one.symbol === "BTC-USD" && one.stream === "trade";
  if (!right || !(one.age_s >= one.stale_after_s)) {
    console.error("FAILED:", stale); process.exit(1);
  }' "$scratch/feeds"
curl -s -H 'Accept: application/json' "$url/health" >"$scratch/health"
expect_contains "health" '"status":"degraded"' "$scratch/health"
