#!/usr/bin/env bash
# A silent subscription is reported stale everywhere while its link reads connected, and the
# page's stream says degraded.
. "$(dirname "$0")/../lib.sh"

start_demo stale --fault silent@2s
stream=$scratch/stream
curl -sN --max-time 40 "$url/sse/metrics" >"$stream" &
pids+=($!)

is_stale() { [ "$(metric 'tickwitness_feed_subscription_state{exchange="kraken",symbol="BTC-USD",stream="trade",state="stale"}')" = 1 ]; }
eventually 25 is_stale || fail "not stale: $(curl -s "$url/api/v1/feeds")"
expect_equal "link" 1 "$(metric kraken_ws_connection_status)"
expect_equal "times stale" 1 "$(metric 'tickwitness_feed_subscription_stale_total{exchange="kraken",symbol="BTC-USD",stream="trade"}')"
expect_equal "others are live" 1 "$(metric 'tickwitness_feed_subscription_state{exchange="kraken",symbol="ETH-USD",stream="trade",state="live"}')"
eventually 5 grep -q '"ws_status":"degraded"' "$stream" || fail "the stream does not say degraded"
curl -s "$url/api/v1/feeds" >"$scratch/feeds"
node -e '
  const feeds = JSON.parse(require("fs").readFileSync(process.argv[1])).feeds;
  const stale = feeds.filter((f) => f.state === "stale");
  const [one] = stale;
  if (stale.length !== 1 || one.symbol !== "BTC-USD" || one.stream !== "trade" ||
      !(one.age_s >= one.stale_after_s)) {
    console.error("FAILED:", stale); process.exit(1);
  }' "$scratch/feeds"
curl -s -H 'Accept: application/json' "$url/health" >"$scratch/health"
expect_contains "health" '"status":"degraded"' "$scratch/health"
