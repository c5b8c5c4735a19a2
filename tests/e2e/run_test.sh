#!/usr/bin/env bash
# The operator's commands against a real engine: start, reload, stop, and what can be wrong before.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo exchange # for its exchange
demo_url=$url

write_config() { # PAIRS
  cat >"$scratch/streams.yaml" <<END
streams:
  - {name: trade, pairs: [$1]}
  - {name: spread, pairs: [$1]}
END
}
write_config "BTC-USD"
cat >"$scratch/tickwitness.yaml" <<END
listen: ["127.0.0.1:0"]
data_directory: $scratch/data
$(exchange_section "$exchange_url")
END
config=$scratch/tickwitness.yaml

"$TICKWITNESS" check -c "$config" >"$scratch/check" || fail "check: $(cat "$scratch/check")"
expect_contains "check" "good" "$scratch/check"
"$TICKWITNESS" run -c "$config" 2>"$scratch/run.log" &
run_pid=$!
pids+=("$run_pid")
eventually 15 grep -q 'event=listening' "$scratch/run.log" || fail "run: $(cat "$scratch/run.log")"
url=http://127.0.0.1:$(sed -n 's/.*event=listening.* port=\([0-9]*\).*/\1/p' "$scratch/run.log")
eventually 15 curl -sf -o /dev/null "$url/health/ready" ||
  fail "not ready: $(curl -s "$url/health/ready")"
expect_equal "health" OK "$(curl -s "$url/health")"
acks='tickwitness_feed_acks_total{exchange="kraken"}'
expect_equal "acks: trade, spread, instrument" 3 "$(metric "$acks")"

# A second engine on the same data directory is refused and names the first.
code=0
"$TICKWITNESS" run -c "$config" 2>"$scratch/second" || code=$?
expect_equal "second engine" 73 "$code"
expect_contains "second engine" "$run_pid" "$scratch/second"
expect_equal "one line" 1 "$(wc -l <"$scratch/second")"

# Adding a pair subscribes only that pair.
write_config "BTC-USD, ETH-USD"
"$TICKWITNESS" reload -c "$config" >/dev/null || fail "reload"
added() { [ "$(metric "$acks")" = 5 ]; }
eventually 10 added || fail "reload: $(tail -n 5 "$scratch/run.log")"
expect_equal "no reconnect" 0 "$(metric kraken_ws_reconnects_total)"
reloads=tickwitness_config_reloads_total
expect_equal "reload counted" 1 "$(metric "$reloads{result=\"success\"}")"

# A bad file keeps the old configuration and shows.
echo "listem: []" >>"$config"
kill -HUP $run_pid
rejected() { [ "$(metric "$reloads{result=\"failure\"}")" = 1 ]; }
eventually 10 rejected || fail "a bad reload is not counted"
expect_equal "last reload" 0 "$(metric tickwitness_config_last_reload_success)"
expect_contains "bad reload" "listen" "$scratch/run.log"
expect_equal "still connected" 1 "$(metric kraken_ws_connection_status)"
sed -i '$d' "$config"

# SIGTERM drains and exits 0 within 5 s.
start=$SECONDS
kill -TERM $run_pid
code=0
wait $run_pid || code=$?
expect_equal "exit after SIGTERM" 0 "$code"
[ $((SECONDS - start)) -le 5 ] || fail "SIGTERM took $((SECONDS - start)) s"

# refused WHAT CODE TEXT COMMAND...: one clear line and a fitting exit code.
refused() {
  local what=$1 code=0 wanted=$2 text=$3
  shift 3
  timeout 20 "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  expect_equal "$what" "$wanted" "$code"
  expect_contains "$what" "$text" "$scratch/err"
  expect_equal "$what: lines" 1 "$(wc -l <"$scratch/err")"
}
busy=${demo_url##*:}
sed "s/127.0.0.1:0/127.0.0.1:$busy/" "$config" >"$scratch/busy.yaml"
refused "port in use" 69 "$busy" "$TICKWITNESS" run -c "$scratch/busy.yaml"
refused "no such file" 78 "no such file" "$TICKWITNESS" run -c "$scratch/none.yaml"
refused "a directory" 78 "is a directory" "$TICKWITNESS" run -c "$scratch"
sed 's/^listen:.*/listen: ["0.0.0.0:8000"]/' "$config" >"$scratch/open.yaml"
code=0
"$TICKWITNESS" check -c "$scratch/open.yaml" 2>"$scratch/err" || code=$?
expect_equal "open without protection" 78 "$code"
expect_contains "open without protection" "insecure" "$scratch/err"
echo "not a certificate" >"$scratch/bad.pem"
cp "$config" "$scratch/tls.yaml"
printf 'tls: {certificate_file: bad.pem, key_file: bad.pem}\n' >>"$scratch/tls.yaml"
refused "bad certificate" 78 "bad.pem" "$TICKWITNESS" run -c "$scratch/tls.yaml"
: >"$scratch/file"
sed "s|^data_directory:.*|data_directory: $scratch/file|" "$config" >"$scratch/file.yaml"
refused "data directory is a file" 73 "$scratch/file" "$TICKWITNESS" run -c "$scratch/file.yaml"

# An exchange that is not there: the engine runs, says so, and stops all the same.
sed "s|\<url: .*|url: ws://127.0.0.1:9/v2|; s|rest_url: .*|rest_url: http://127.0.0.1:9|" "$config" >"$scratch/alone.yaml"
"$TICKWITNESS" run -c "$scratch/alone.yaml" 2>"$scratch/alone.log" &
alone=$!
pids+=("$alone")
eventually 15 grep -q 'event=listening' "$scratch/alone.log" ||
  fail "alone: $(cat "$scratch/alone.log")"
url=http://127.0.0.1:$(sed -n 's/.*event=listening.* port=\([0-9]*\).*/\1/p' "$scratch/alone.log")
code=$(curl -s -o "$scratch/ready" -w '%{http_code}' "$url/health/ready")
expect_equal "not ready" 503 "$code"
expect_contains "names what is missing" "kraken main" "$scratch/ready"
expect_equal "link" 0 "$(metric kraken_ws_connection_status)"
expect_equal "unknown is absent" "" "$(metric 'kraken_ws_latency_p50_ms{pair="BTC-USD"}')"
kill -TERM $alone
wait $alone || fail "exit of an engine without its exchange"
