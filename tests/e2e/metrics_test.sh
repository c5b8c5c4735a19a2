#!/usr/bin/env bash
# The names, HELP and TYPE of seed 000 to the letter; promtool finds nothing but prescribed names;
# nothing is scraped that the catalogue lacks; the name filter, gzip and OpenMetrics.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo metrics
sleep 3 # a rate needs seconds to be observed over
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

promtool check metrics <"$scratch/text" >"$scratch/lint" 2>&1 || true
grep -vE '^kraken_ws_latency_p(50|95|99)_ms metric names should not contain abbreviated units$' \
  "$scratch/lint" >"$scratch/other" || true
[ ! -s "$scratch/other" ] || fail "promtool: $(cat "$scratch/other")"

# Nothing is exported that the catalogue does not declare.
sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$scratch/text" | sort -u >"$scratch/families"
"$TICKWITNESS" catalog --format json >"$scratch/catalog.json"
while read -r family; do
  grep -qF "$family" "$scratch/catalog.json" || fail "$family is scraped but not in the catalogue"
done <"$scratch/families"

curl -sf -g "$url/metrics?name[]=kraken_ws_reconnects_total" >"$scratch/one"
expect_equal "name filter" 3 "$(wc -l <"$scratch/one")"
curl -sf -H 'Accept-Encoding: gzip' "$url/metrics" | gzip -dc >"$scratch/unzipped"
expect_contains "gzip" "kraken_ws_connection_status 1" "$scratch/unzipped"
curl -sf -H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics" >"$scratch/open"
expect_equal "OpenMetrics ends" "# EOF" "$(tail -n 1 "$scratch/open")"
