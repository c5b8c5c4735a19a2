#!/usr/bin/env bash
# timeout: 200
# full
# Between engine and exchange a certificate goes wrong and a connection goes dead without an end.
# Afterwards the engine has every trade, by the ids that were on the way.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo exchange # for its exchange
exchange_port=${exchange_url##*:}
exchange_port=${exchange_port%/v2}
for name in good bad; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj "/CN=$name" -addext "subjectAltName=DNS:localhost" \
    -keyout "$scratch/$name.key" -out "$scratch/$name.pem" 2>"$scratch/openssl.log" ||
    fail "$(cat "$scratch/openssl.log")"
done
node "$(dirname "$0")/bad_way.mjs" "$exchange_port" BTC/USD "$scratch"/{good.pem,good.key} \
  "$scratch"/{bad.pem,bad.key} >"$scratch/way" &
pids+=($!)
eventually 10 test -s "$scratch/way" || fail "the way does not listen"
read -r way control <"$scratch/way"
order() { curl -sf "http://127.0.0.1:$control/$1"; }

cat >"$scratch/streams.yaml" <<'END'
streams:
  - {name: trade, pairs: [BTC-USD]}
  - {name: spread, pairs: [BTC-USD]}
END
start_engine <<END
exchanges:
  kraken:
    url: wss://localhost:$way/v2
    rest_url: http://127.0.0.1:$exchange_port
    ca_file: $scratch/good.pem
    healthy_after_seconds: 2 # so many failures in a minute would open the circuit breaker
    streams_file: streams.yaml
END
main='exchange="kraken",connection="main"'
up() { [ "$(metric "tickwitness_feed_connected{$main}")" = "$1" ]; }
eventually 15 up 1 || fail "not connected: $(cat "$scratch/run.log")"
sleep 3

# The certificate is not one that the engine trusts: no connection, a clear reason, each counted.
order wrong >"$scratch/counts"
failures="tickwitness_feed_connection_failures_total{$main,reason=\"tls\"}"
three() { metric "$failures" | awk '$1 >= 3 { enough = 1 } END { exit !enough }'; }
eventually 20 three || fail "TLS failures: $(metric "$failures"), $(tail -n 3 "$scratch/run.log")"
grep -q 'event=closed.*certificate' "$scratch/run.log" ||
  fail "the log does not name the certificate: $(tail -n 5 "$scratch/run.log")"
up 0 || fail "connected though nobody vouches for the other side"
order right >"$scratch/counts"
eventually 30 up 1 || fail "not connected again"
refused=$(order counts | node -pe 'JSON.parse(require("fs").readFileSync(0)).refusedCertificates')
expect_equal "TLS failures" "$refused" "$(metric "$failures")"
sleep 2

# The way goes dead, and nobody is told. The engine finds out, and comes back.
order freeze >"$scratch/counts"
timeouts() {
  curl -sf "$url/metrics" | awk '
    index($0, "tickwitness_feed_disconnections_total{") == 1 && /reason="local"/ { n += $NF }
    END { print n + 0 }'
}
found() { [ "$(timeouts)" = 1 ]; }
eventually 25 found || fail "a dead connection was not found: $(tail -n 5 "$scratch/run.log")"
eventually 20 up 1 || fail "not connected after the dead connection: $(tail -n 12 "$scratch/run.log") $(order counts)"
sleep 5

# Nothing more comes; what came is compared with the ids on the way.
kill "$demo_pid"
code=0
wait "$demo_pid" || code=$?
# Its exchange served two engines, and it compares with its own.
expect_equal "the exchange's demo, asked to end" 1 "$code"
eventually 15 up 0 || fail "still connected"
trades() {
  curl -sf "$url/metrics" | awk '
    index($0, "tickwitness_feed_trades_total{") == 1 && /BTC-USD/ { n += $NF } END { print n + 0 }'
}
expected=$(order counts | node -pe '
  const { first, last } = JSON.parse(require("fs").readFileSync(0)); last - first + 1')
expect_equal "trades, once each" "$expected" "$(trades)"
expect_equal "completeness" 1 \
  "$(metric 'tickwitness_trade_completeness_ratio{exchange="kraken",symbol="BTC-USD"}')"
[ "$(metric 'tickwitness_feed_trades_total{exchange="kraken",symbol="BTC-USD",origin="rest"}')" -gt 0 ] ||
  fail "nothing had to be filled: the faults did not bite"
