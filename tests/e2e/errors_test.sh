#!/usr/bin/env bash
# What goes wrong is counted where it goes wrong: every error in the log is in trading_errors_total,
# what is dropped or refused without a line has a counter of its own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# For its exchange: one that refuses is not ready itself.
"$TICKWITNESS" demo --port 0 --seed 7 --fault refuse_subscription \
  >"$scratch/demo.out" 2>"$scratch/demo.log" &
demo_pid=$!
pids+=("$demo_pid")
eventually 20 grep -q '^exchange ' "$scratch/demo.log" || fail "demo: $(cat "$scratch/demo.log")"
exchange_url=$(sed -n 's/^exchange *//p' "$scratch/demo.log")
cat >"$scratch/streams.yaml" <<'END'
streams:
  - {name: trade, pairs: [BTC-USD, ETH-USD, SOL-USD, XRP-USD]}
  - {name: spread, pairs: [BTC-USD, ETH-USD, SOL-USD, XRP-USD]}
END
write_config() { # URL
  cat <<END
listen: ["127.0.0.1:0"]
data_directory: $scratch/data
telemetry: {dialects: [trading, kiro]}
$(exchange_section "$1")
END
}
write_config "$exchange_url" >"$scratch/tickwitness.yaml"
config=$scratch/tickwitness.yaml

start_engine() { # CONFIG LOG
  (
    ulimit -n 48 # few, so that they can run out
    exec "$TICKWITNESS" run -c "$1" 2>"$2"
  ) &
  run_pid=$!
  pids+=("$run_pid")
  eventually 15 grep -q 'event=listening' "$2" || fail "run: $(cat "$2")"
  port=$(sed -n 's/.*event=listening.* port=\([0-9]*\).*/\1/p' "$2")
  url=http://127.0.0.1:$port
}
stop_engine() {
  kill -TERM "$run_pid"
  wait "$run_pid" || fail "exit of the engine"
}
# sum NAME: of all series of a family in a scrape.
sum() { curl -sf "$url/metrics" | awk -v name="$1" '{ n = $1; sub(/\{.*/, "", n) }
  n == name { sum += $NF; seen = 1 } END { if (seen) print sum }'; }
# reaches COUNT NAME{LABELS}: at least.
reaches() { [ "$(metric "$2" | cut -d. -f1)" -ge "$1" ] 2>/dev/null; }

start_engine "$config" "$scratch/run.log"
expect_equal "rooms that are counted from the start" 14 \
  "$(curl -sf "$url/metrics" | grep -c '^tickwitness_errors_total{')"

# A subscription that the exchange refuses.
eventually 15 reaches 1 'tickwitness_errors_total{room="feed"}' || fail "no error of the feed"

# Two bad reloads: the same line twice is written once, and counted twice.
echo "listem: []" >>"$config"
for n in 1 2; do
  kill -HUP "$run_pid"
  eventually 10 reaches $n 'tickwitness_config_reloads_total{result="failure"}' ||
    fail "reload $n is not counted"
done
expect_equal "errors of the app" 2 "$(metric 'tickwitness_errors_total{room="app"}')"

# What is no HTTP; a WebSocket that speaks binary; descriptors that run out.
node -e '
  const net = require("net");
  const port = Number(process.argv[1]);
  const bad = net.connect(port, "127.0.0.1", () => bad.end("no HTTP\r\n\r\n"));
  bad.resume();
  const upgrade = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n" +
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  const socket = net.connect(port, "127.0.0.1", () => socket.write(upgrade));
  socket.once("data", () => socket.write(Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0])));
  socket.on("close", () => {
    const many = Array.from({ length: 60 }, () => net.connect(port, "127.0.0.1"));
    setTimeout(() => many.forEach((one) => one.destroy()), 700);
  });
' "$port" || fail "the clients"
rejected='tickwitness_http_rejected_total{reason="bad_request"}'
eventually 10 reaches 1 "$rejected" || fail "no HTTP is not counted"
eventually 10 reaches 1 tickwitness_websocket_clients_dropped_total || fail "a bad WebSocket"
eventually 10 reaches 1 tickwitness_http_accept_failures_total || fail "descriptors"

# The exchange goes and is not there any more.
kill "$demo_pid"
failures() { [ "$(sum tickwitness_feed_connection_failures_total)" -ge 1 ]; }
eventually 20 failures || fail "an exchange that is gone"

# The log says as many errors as the counters; what repeats says how often.
total=$(metric trading_errors_total)
expect_equal "one count, two names" "$total" "$(sum tickwitness_errors_total)"
expect_equal "one count, a third" "$total" "$(sum kiro_bot_errors_total)"
stop_engine
logged=$(awk '/ level=error / {
    if (match($0, / repeated=[0-9]+/)) sum += substr($0, RSTART + 10, RLENGTH - 10)
    else ++sum
  } END { print sum + 0 }' "$scratch/run.log")
expect_equal "errors in the log" "$total" "$logged"
[ "$total" -ge 3 ] || fail "only $total errors"

# A log that nobody can write is a count too; nothing else stops. Frames that are none need no line.
node -e '
  const crypto = require("crypto");
  const server = require("http").createServer();
  server.on("upgrade", (request, socket) => {
    const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const accept = crypto.createHash("sha1").update(key).digest("base64");
    socket.on("error", () => {});
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
      "Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n");
    socket.write(Buffer.from([0x81, 1, 0x7b])); // "{"
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
' >"$scratch/bad_exchange" &
pids+=($!)
eventually 10 test -s "$scratch/bad_exchange" || fail "the bad exchange"
port=$(node -e '
  const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port);
    server.close();
  })')
write_config "ws://127.0.0.1:$(cat "$scratch/bad_exchange")/v2" |
  sed "s/127.0.0.1:0/127.0.0.1:$port/; /rest_url/d" >"$scratch/lost.yaml" # a warning is lost too
"$TICKWITNESS" run -c "$scratch/lost.yaml" 2>/dev/full &
run_pid=$!
pids+=("$run_pid")
url=http://127.0.0.1:$port
eventually 15 reaches 1 tickwitness_log_lines_lost_total || fail "lost lines are not counted"
malformed='tickwitness_feed_frames_malformed_total{exchange="kraken",reason="json"}'
eventually 15 reaches 1 "$malformed" || fail "a malformed frame is not counted"
stop_engine
