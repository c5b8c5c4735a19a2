#!/usr/bin/env bash
# What the machine and the process use, beside what the system's own tools say; bytes of sockets,
# beside what the clients sent and got.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo exchange # for its exchange
mkdir "$scratch/data"
cat >"$scratch/streams.yaml" <<'END'
streams:
  - {name: trade, pairs: [BTC-USD]}
  - {name: spread, pairs: [BTC-USD]}
END
start_engine <<END
telemetry: {dialects: [kiro]}
$(exchange_section "$exchange_url")
END

# ask PATH: the answer; what went over the wire is noted. One connection for each request.
: >"$scratch/wire"
ask() {
  curl -s "$url$1" -o "$scratch/answer" \
    -w '%{size_request} %{size_header} %{size_download}\n' >>"$scratch/wire"
}
sent_to_it() { awk '{ sum += $1 } END { print sum + 0 }' "$scratch/wire"; }
got_from_it() { awk '{ sum += $2 + $3 } END { print sum + 0 }' "$scratch/wire"; }
# value NAME{LABELS}: in the newest answer.
value() { awk -v name="$1" 'index($0, name " ") == 1 { print $NF }' "$scratch/answer"; }
near() { # WHAT EXPECTED ACTUAL TOLERANCE
  awk -v a="$2" -v b="$3" -v t="$4" 'BEGIN { exit !(b != "" && a - b <= t && b - a <= t) }' ||
    fail "$1: expected '$2' within $4, got '$3'"
}
mib=$((1024 * 1024))

ready() { ask /health/ready && grep -qx OK "$scratch/answer"; }
eventually 15 ready || fail "never ready"
sleep 1
ask /metrics

# The machine.
total=$(free -b | awk '/^Mem:/ { print $2 }')
expect_equal "memory" "$total" "$(value 'tickwitness_memory_bytes{type="system_total"}')"
near "memory in use" "$(free -b | awk '/^Mem:/ { print $3 }')" \
  "$(value 'kiro_bot_memory_usage_bytes{type="system_used"}')" $((total / 10))
near "uptime" "$(cut -d' ' -f1 /proc/uptime)" "$(value kiro_bot_system_uptime_seconds)" 3
near "load" "$(cut -d' ' -f1 /proc/loadavg)" "$(value tickwitness_host_load1)" 2
for path in / "$scratch/data"; do
  read -r mount size used available < <(df -B1 --output=target,size,used,avail "$path" | tail -n 1)
  expect_equal "size of $mount" "$size" \
    "$(value "tickwitness_host_disk_size_bytes{mount=\"$mount\"}")"
  near "use of $mount" "$used" "$(value "kiro_bot_disk_usage_bytes{mount=\"$mount\"}")" \
    $((256 * mib))
  near "room on $mount" "$available" \
    "$(value "tickwitness_host_disk_available_bytes{mount=\"$mount\"}")" $((256 * mib))
done
ticks=$(getconf CLK_TCK)
idle=$(awk -v ticks="$ticks" '$1 == "cpu" { print $5 / ticks }' /proc/stat)
near "idle processors" "$idle" "$(value 'tickwitness_host_cpu_seconds_total{mode="idle"}')" \
  $((3 * $(nproc --all)))
received=$(awk 'NR > 2 { sub(":", " "); if ($1 != "lo") sum += $2 } END { print sum + 0 }' \
  /proc/net/dev)
near "network" "$received" "$(value 'tickwitness_host_network_bytes_total{direction="in"}')" \
  $((64 * mib))
group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/memory.current
[ -r "$group" ] || expect_equal "memory of no group" "" \
  "$(value 'tickwitness_memory_bytes{type="cgroup_used"}')"

# The process, when nobody but this test speaks with it.
expect_equal "threads" "$(find "/proc/$run_pid/task" -mindepth 1 -maxdepth 1 | wc -l)" \
  "$(value process_threads)"
expect_equal "limit of descriptors" \
  "$(awk '/^Max open files/ { print $4 }' "/proc/$run_pid/limits")" "$(value process_max_fds)"
near "start" "$(($(date +%s) - $(ps -o etimes= -p $run_pid)))" \
  "$(value process_start_time_seconds)" 3
near "resident" "$(awk '/^VmRSS:/ { print $2 * 1024 }' "/proc/$run_pid/status")" \
  "$(value process_resident_memory_bytes)" $((8 * mib))
near "virtual" "$(awk '/^VmSize:/ { print $2 * 1024 }' "/proc/$run_pid/status")" \
  "$(value process_virtual_memory_bytes)" $((8 * mib))
near "processor" "$(awk -v ticks="$ticks" '{ print ($14 + $15) / ticks }' "/proc/$run_pid/stat")" \
  "$(value process_cpu_seconds_total)" 2
same_fds() {
  ask /metrics
  sleep 1.2 # a measurement without this connection
  ask /metrics
  [ "$(find "/proc/$run_pid/fd" -mindepth 1 | wc -l)" = "$(value process_open_fds)" ]
}
eventually 20 same_fds || fail "descriptors: $(find "/proc/$run_pid/fd" -mindepth 1 | wc -l) open, \
$(value process_open_fds) told"

# Its sockets: the exchange goes, so that the feed's rest.
kill "$demo_pid"
connected='kiro_bot_websocket_connections_active{exchange="kraken"}'
gone() { ask /metrics && [ "$(value "$connected")" = 0 ]; }
eventually 15 gone || fail "the exchange does not go"
sleep 1.5
to_server=$(sent_to_it)
from_server=$(got_from_it)
ask /metrics
received=$(value process_network_receive_bytes_total)
sent=$(value process_network_transmit_bytes_total)
expect_equal "one count" "$received" "$(value 'kiro_bot_network_io_bytes_total{direction="in"}')"
text=$(value 'tickwitness_feed_bytes_total{exchange="kraken"}')
frames=$(awk '/^tickwitness_feed_frames_total/ { sum += $NF } END { print sum }' "$scratch/answer")
# A frame has 2 to 10 bytes of its own; before them comes an upgrade, behind them a close.
awk -v feed=$((received - to_server)) -v text="$text" -v frames="$frames" \
  'BEGIN { own = feed - text; exit !(frames && own >= 2 * frames && own <= 10 * frames + 1024) }' ||
  fail "received: $received, of it $to_server from clients, $text in $frames frames"
# An upgrade, three subscriptions, pings.
awk -v feed=$((sent - from_server)) 'BEGIN { exit !(feed >= 300 && feed <= 4096) }' ||
  fail "sent: $sent, of it $from_server to clients"

# Nothing but this test speaks with it now: to the byte, once a second has passed.
sleep 1.5
: >"$scratch/wire"
ask /metrics
received=$(value process_network_receive_bytes_total)
sent=$(value process_network_transmit_bytes_total)
for path in /health /live /api/v1/status /none /metrics; do ask "$path"; done
sleep 1.5
to_server=$(sent_to_it)
from_server=$(got_from_it)
ask /metrics
expect_equal "bytes in" "$to_server" \
  "$(($(value process_network_receive_bytes_total) - received))"
expect_equal "bytes out" "$from_server" \
  "$(($(value process_network_transmit_bytes_total) - sent))"
expect_equal "errors" 0 "$(value 'tickwitness_errors_total{room="runtime"}')"
