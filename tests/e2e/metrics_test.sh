#!/usr/bin/env bash
# The names, HELP and TYPE of seed 000 to the letter; promtool finds nothing but prescribed names;
# what the catalogue declares is scraped, what awaits a capability and what it lacks is not; the name
# filter, gzip, zstd and OpenMetrics.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# A subscription dies, so that a witness is asked over REST.
start_demo metrics --fault zombie@1s
witnessed() { curl -sf "$url/metrics" | grep -q '^tickwitness_feed_witness_checks_total'; }
eventually 40 witnessed || fail "nobody was asked about the dead subscription"
curl -sf "$url/metrics" >"$scratch/text"
while read -r line; do
  expect_contains "seed 000" "$line" "$scratch/text"
done <<'END'
# HELP kraken_ws_latency_p50_ms Kraken WebSocket latency P50 in milliseconds
# TYPE kraken_ws_latency_p50_ms gauge
kraken_ws_latency_p50_ms{pair="BTC-USD"}
# HELP kraken_ws_latency_p95_ms Kraken WebSocket latency P95 in milliseconds
# TYPE kraken_ws_latency_p95_ms gauge
kraken_ws_latency_p95_ms{pair="BTC-USD"}
# HELP kraken_ws_latency_p99_ms Kraken WebSocket latency P99 in milliseconds
# TYPE kraken_ws_latency_p99_ms gauge
kraken_ws_latency_p99_ms{pair="BTC-USD"}
# HELP circuit_breaker_trips_total Total number of circuit breaker trips
# TYPE circuit_breaker_trips_total counter
circuit_breaker_trips_total 0
# HELP circuit_breaker_state Current circuit breaker state (0=closed, 1=open, 2=half_open)
# TYPE circuit_breaker_state gauge
circuit_breaker_state 0
# HELP kraken_ws_reconnects_total Total number of WebSocket reconnections
# TYPE kraken_ws_reconnects_total counter
kraken_ws_reconnects_total 0
# HELP kraken_ws_connection_status WebSocket connection status (0=disconnected, 1=connected)
# TYPE kraken_ws_connection_status gauge
kraken_ws_connection_status 1
# HELP kraken_trades_per_minute Number of trades processed per minute
# TYPE kraken_trades_per_minute gauge
# HELP kraken_events_processed_total Total events processed from Kraken WebSocket
# TYPE kraken_events_processed_total counter
kraken_events_processed_total{event_type="trade"}
kraken_events_processed_total{event_type="spread"}
kraken_events_processed_total{event_type="ohlc"}
# TYPE trading_ticks_received_total counter
# TYPE trading_channel_utilization_percent gauge
# TYPE trading_ws_connection_status gauge
# TYPE trading_uptime_seconds gauge
# TYPE trading_errors_total counter
END

# Seed 000's own test, in a plain C locale.
LC_ALL=C grep kraken "$scratch/text" >/dev/null || fail "grep kraken finds nothing"

# promtool says 3 where it has complaints and no error: exactly those about the prescribed names.
code=0
promtool check metrics <"$scratch/text" >"$scratch/lint" 2>&1 || code=$?
expect_equal "promtool's exit code" 3 "$code"
for quantile in 50 95 99; do
  echo "kraken_ws_latency_p${quantile}_ms metric names should not contain abbreviated units"
done >"$scratch/prescribed"
expect_equal "promtool" "$(cat "$scratch/prescribed")" "$(sort "$scratch/lint")"

# Of the catalogue, with every dialect on: all that is measured, none that awaits a capability.
sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$scratch/text" | sort >"$scratch/scraped"
expect_equal "families printed twice" "" "$(uniq -d "$scratch/scraped")"
"$TICKWITNESS" catalog --format json >"$scratch/catalog.json"
declared() { # measured or awaited
  node -e '
    const { families } = JSON.parse(require("fs").readFileSync(process.argv[1]));
    for (const { name, dialect, awaits } of families) {
      if (dialect !== "sse" && (awaits !== undefined) === (process.argv[2] === "awaited")) {
        console.log(name);
      }
    }' "$scratch/catalog.json" "$1" | LC_ALL=C sort -u
}
export LC_ALL=C
sort -o "$scratch/scraped" "$scratch/scraped"
declared measured >"$scratch/measured"
declared awaited >"$scratch/awaited"
[ -s "$scratch/awaited" ] || fail "the catalogue names nothing that awaits a capability"
expect_equal "scraped, not declared" "" \
  "$(sort -m "$scratch/measured" "$scratch/awaited" | comm -23 "$scratch/scraped" -)"
expect_equal "scraped, though it awaits a capability" "" \
  "$(comm -12 "$scratch/scraped" "$scratch/awaited")"
# No breaker opened, nobody reloaded a configuration, a demo records nothing and has no Redis, and one
# exchange alone has nobody to be compared with.
comm -13 "$scratch/scraped" "$scratch/measured" >"$scratch/missing"
expect_equal "declared, measured, not scraped" \
  "tickwitness_breaker_last_trip_timestamp_seconds tickwitness_config_last_reload_success" \
  "$(grep -vE '^tickwitness_recorder_|_price_deviation_ratio$|(_|^)(redis|cache|signals)_' "$scratch/missing" | xargs)"
# Every name of seeds 001 to 004 is one or the other; those of other exporters are neither.
cat "$scratch/measured" "$scratch/awaited" >"$scratch/named"
for family in trading_bots_active_total portfolio_total_value_usd market_data_lag_seconds \
  http_requests_total websocket_connections_active trades_total ai_model_confidence \
  kiro_bot_errors_total kiro_bot_paper_trading_mode trading_batches_flushed_total \
  process_cpu_seconds_total; do
  grep -qx "$family" "$scratch/named" || fail "$family is not in the catalogue"
done
expect_equal "families of kiro_bot" 88 "$(grep -c '^kiro_bot_' "$scratch/named")"
expect_equal "families of seed 004" 25 "$(grep -E '^trading_' "$scratch/named" |
  grep -cv '^trading_bot')"
for line in '# HELP http_requests_total Total HTTP requests' \
  '# TYPE http_request_duration_seconds histogram' \
  '# HELP websocket_connections_active Active WebSocket connections' \
  '# TYPE kiro_bot_market_data_latency_seconds histogram' \
  '# TYPE market_data_updates_total counter'; do
  expect_contains "seeds 001 to 003" "$line" "$scratch/text"
done

curl -sf -g "$url/metrics?name[]=kraken_ws_reconnects_total" >"$scratch/one"
expect_equal "name filter" 3 "$(wc -l <"$scratch/one")"
curl -sf -H 'Accept-Encoding: gzip' "$url/metrics" | gzip -dc >"$scratch/unzipped"
expect_contains "gzip" "kraken_ws_connection_status 1" "$scratch/unzipped"
curl -sf -H 'Accept-Encoding: gzip;q=0.5, zstd' "$url/metrics" | zstd -dc >"$scratch/unzipped"
expect_contains "zstd" "kraken_ws_connection_status 1" "$scratch/unzipped"
curl -sf -H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics" >"$scratch/open"
expect_equal "OpenMetrics ends" "# EOF" "$(tail -n 1 "$scratch/open")"
