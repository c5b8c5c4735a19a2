#!/usr/bin/env bash
# A real Prometheus, with native histograms and exemplars on, scrapes fixed values in each of our
# three formats and holds exactly those, as truth.mjs says; and the product, which it asks for
# protobuf.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

"$TW_BUILD_DIR/exposition_server" >"$scratch/port" 2>"$scratch/server.log" &
pids+=($!)
eventually 20 test -s "$scratch/port" || fail "no server: $(cat "$scratch/server.log")"
server=127.0.0.1:$(cat "$scratch/port")
start_demo differential

job() { # NAME TARGET PATH
  echo "  - {job_name: $1, metrics_path: $3, static_configs: [{targets: [\"$2\"]}]}"
}
{
  echo "global: {scrape_interval: 1s, scrape_timeout: 1s}"
  echo "scrape_configs:"
  for format in text openmetrics protobuf; do job $format "$server" /$format; done
  job tickwitness "${url#http://}" /metrics
} >"$scratch/differential-prometheus.yml"
start_prometheus differential-prometheus --enable-feature=native-histograms,exemplar-storage
log=$scratch/differential-prometheus.log

all_up() { [ "$(query 'sum(up)' 2>/dev/null)" = 4 ]; }
eventually 40 all_up ||
  fail "not all are up: $(curl -s "$prometheus/targets" | grep -o '"lastError":"[^"]*"'; grep -v level=info "$log")"
node "$(dirname "$0")/truth.mjs" "$prometheus" || fail "Prometheus holds something else"

# What it asks for, word for word, gets protobuf from the product.
accept=$(curl -sf "http://$server/accept")
[ -n "$accept" ] || fail "no Accept header was seen"
curl -sf -o /dev/null -D "$scratch/head" -H "Accept: $accept" "$url/metrics"
expect_contains "the answer to Accept: $accept" "application/vnd.google.protobuf" "$scratch/head"
for name in kraken_ws_connection_status 'tickwitness_feed_acks_total{exchange="kraken"}' \
  'tickwitness_pipeline_ring_capacity{ring="ingest"}'; do
  expect_equal "$name" "$(metric "$name")" "$(query "$name")"
done
classic=tickwitness_scrape_duration_seconds
expect_equal "a classic histogram is whole" 1 "$(query "${classic}_bucket{le='+Inf'} \
  == bool ignoring(le) ${classic}_count")"
native="tickwitness_feed_latency_seconds{symbol='BTC-USD'}"
expect_equal "a native histogram has its observations" 1 "$(query "histogram_count($native) > bool 0")"
expect_equal "and its quantiles lie among them" 1 "$(query "histogram_quantile(1, $native) > bool 0")"
if grep -E 'level=(warn|error)' "$log"; then fail "Prometheus complains"; fi

# promtool reads text only. 3: it could read all, and has opinions.
check() { # WHAT
  local code=0
  promtool check metrics >"$scratch/opinions" 2>&1 || code=$?
  [ $code = 0 ] || [ $code = 3 ] || fail "promtool, $1: $(cat "$scratch/opinions")"
}
curl -sf "http://$server/text" >"$scratch/text"
check text <"$scratch/text"
expect_equal "promtool's opinions" "$(sort "$scratch/opinions")" \
  'fixed_untyped_in_openmetrics counter metrics should have "_total" suffix
fixed_without_help_total no help text'
curl -sf "$url/metrics" >"$scratch/product"
check product <"$scratch/product"
