#!/usr/bin/env bash
# A real Prometheus scrapes the OpenMetrics answer, a second one the protobuf answer; both hold the
# same values, exemplars and native histograms too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo prometheus
target=${url#http://}
cat >"$scratch/classic.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: tickwitness
    static_configs: [{targets: ["$target"]}]
END
cp "$scratch/classic.yml" "$scratch/native.yml"
start_prometheus native --enable-feature=native-histograms
native=$prometheus
start_prometheus classic --enable-feature=exemplar-storage

is_up() { [ "$(query 'up{job="tickwitness"}' 2>/dev/null)" = 1 ]; }
eventually 40 is_up || fail "never up: $(tail -n 5 "$scratch/classic.log")"

curl -sf "$prometheus/targets/metadata?metric=kraken_events_processed" >"$scratch/metadata"
expect_contains "it scraped OpenMetrics: the family has no _total there" \
  '"help":"Total events processed from Kraken WebSocket"' "$scratch/metadata"
# The market never rests, so what does not change is compared for equality.
for name in kraken_ws_reconnects_total kraken_ws_connection_status circuit_breaker_state \
  circuit_breaker_trips_total 'tickwitness_feed_acks_total{exchange="kraken"}' \
  'tickwitness_pipeline_ring_capacity{ring="ingest"}'; do
  expect_equal "$name" "$(metric "$name")" "$(query "$name")"
done
# What grows lies between the scrapes before and after.
before=$(metric 'kraken_events_processed_total{event_type="trade"}')
sleep 2
middle=$(query 'kraken_events_processed_total{event_type="trade"}')
sleep 1
after=$(metric 'kraken_events_processed_total{event_type="trade"}')
awk -v a="$before" -v b="$middle" -v c="$after" 'BEGIN { exit !(a <= b && b <= c && c > a) }' ||
  fail "trades: $before, Prometheus $middle, $after"
family=tickwitness_feed_latency_seconds
expect_equal "histogram is whole" 1 "$(query "${family}_bucket{symbol='BTC-USD',le='+Inf'} \
  == bool ignoring(le) ${family}_count{symbol='BTC-USD'}")"

# Trades by name, at most one a second, in the bucket of their latency and with the time they came.
exemplars() {
  curl -sf -G "$prometheus/query_exemplars" --data-urlencode "query=${family}_bucket" \
    --data-urlencode "start=$(($(date +%s) - 60))" --data-urlencode "end=$(date +%s)" |
    node -e '
      const found = JSON.parse(require("fs").readFileSync(0)).data.flatMap(({ exemplars }) =>
        exemplars.map(({ labels, value, timestamp }) => ({ id: labels.trade_id, value, timestamp })));
      const now = Date.now() / 1000;
      const good = found.every(({ id, value, timestamp }) =>
        /^[0-9]+$/.test(id) && value >= 0 && value < 60 && Math.abs(now - timestamp) < 90);
      console.log(good ? new Set(found.map(({ id }) => id)).size : "wrong");
      process.exit(good && found.length > 0 ? 0 : 1);'
}
eventually 20 exemplars >/dev/null || fail "exemplars: $(exemplars)"

# The one that asked for protobuf holds native histograms, without the classic buckets.
prometheus=$native
eventually 40 is_up || fail "never up: $(tail -n 5 "$scratch/native.log")"
count="${family}_count{exchange=\"kraken\",symbol=\"BTC-USD\"}"
before=$(metric "$count")
sleep 2
middle=$(query "histogram_count(${family}{symbol='BTC-USD'})")
sleep 1
after=$(metric "$count")
awk -v a="$before" -v b="$middle" -v c="$after" \
  'BEGIN { exit !(b != "" && a <= b && b <= c && c > a) }' ||
  fail "native: $before, Prometheus $middle, $after"
expect_equal "classic buckets beside native ones" "" "$(query "count(${family}_bucket)")"
