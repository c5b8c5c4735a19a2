#!/usr/bin/env bash
# A real Prometheus scrapes the OpenMetrics answer and holds the same values.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo prometheus
target=${url#http://}
cat >"$scratch/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: tickwitness
    static_configs: [{targets: ["$target"]}]
END
start_prometheus prometheus

is_up() { [ "$(query 'up{job="tickwitness"}' 2>/dev/null)" = 1 ]; }
eventually 40 is_up || fail "never up: $(tail -n 5 "$scratch/prometheus.log")"

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
