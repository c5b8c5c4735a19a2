#!/usr/bin/env bash
# A data directory that becomes read-only while the engine runs: it says so, gives nothing up, and
# goes on where it was once the directory can be written to again. One that is so at a start and has
# no past is refused; one that has is told of.
# timeout: 300
# full
# alone
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Permissions hold nobody up who is root: the engine runs as another user then, with a copy of the
# program where that one finds it.
product=$TICKWITNESS
mkdir "$scratch/data"
if [ "$(id -u)" = 0 ]; then
  chmod 711 "$scratch"
  install -m 755 "$TICKWITNESS" "$scratch/product"
  chown 65534:65534 "$scratch/data"
  product=$scratch/as_nobody
  cat >"$product" <<END
#!/bin/sh
exec setpriv --reuid=65534 --regid=65534 --clear-groups $scratch/product "\$@"
END
  chmod 755 "$product"
fi

# Trades come so fast that a segment of the spool is full after a minute or so.
start_demo exchange --fault flood@5s+115s
flood_over=$((SECONDS + 121))
mapfile -t symbols < <(trade_symbols)
{
  echo 'streams:'
  echo "  - {name: trade, pairs: [$(IFS=,; echo "${symbols[*]}")]}"
  echo '  - {name: spread, pairs: [BTC-USD]}'
} >"$scratch/streams.yaml"
engine() {
  TICKWITNESS=$product start_engine <<END
$(exchange_section "$exchange_url")
recorder: {enabled: false}
store: {spool_segment_bytes: 2MiB}
END
}
engine
rest=http${exchange_url#ws}
mkfifo "$scratch/over"
node "$(dirname "$0")/read_only.mjs" "${rest%/v2}" "$scratch/data" "${symbols[@]}" \
  <"$scratch/over" >"$scratch/compared" 2>&1 &
compare_pid=$!
pids+=("$compare_pid")
exec 3>"$scratch/over"

ready() { [ "$(curl -s "$url/health/ready")" = OK ]; }
health() { curl -s -H 'Accept: application/json' "$url/health"; }
accepts() { health | grep -q '"name":"storage","state":"accepting","ok":true'; }
refuses() { health | grep -q '"name":"storage","state":"refusing","ok":false'; }
eventually 20 ready || fail "not ready: $(curl -s "$url/health/ready")"
accepts || fail "health: $(health)"

chmod 555 "$scratch/data" "$scratch/data/spool"
eventually 150 refuses || fail "a segment was full, and: $(health)"
accepted >"$scratch/before"
expect_equal "the reason" "Not ready. Missing: storage: the spool takes nothing; the log says why." \
  "$(curl -s "$url/health/ready")"
expect_contains "the log" '.spool.new: cannot be created: Permission denied' "$scratch/run.log"
waits() { [ "$(metric tickwitness_batch_buffer_depth)" -gt 200 ]; }
eventually 5 waits || fail "what comes is not kept: $(metric tickwitness_batch_buffer_depth)"
accepted | diff "$scratch/before" - || fail "something was accepted that cannot be written"

chmod 755 "$scratch/data" "$scratch/data/spool"
eventually 20 ready || fail "not ready again: $(curl -s "$url/health/ready")"
accepts || fail "health: $(health)"
accepted >"$scratch/now"
none_fell "$scratch/before" "$scratch/now"
inserted() { metric 'tickwitness_store_ticks_total{result="inserted"}'; }
stored_more() { [ "$(inserted)" -gt "$1" ]; }
eventually 20 stored_more "$(awk '/^tickwitness_spool_ticks/ { print $2 }' "$scratch/before")" ||
  fail "nothing more is stored"
expect_equal "ticks given up" 0 "$(metric tickwitness_spool_ticks_lost_total)"
expect_equal "reconnections" 0 "$(metric kraken_ws_reconnects_total)"

# What has not been begun there yet is refused at the start.
refused() { # DIRECTORY WORDS
  local code=0
  sed "s,^data_directory: .*,data_directory: $1," "$scratch/tickwitness.yaml" >"$scratch/refused.yaml"
  timeout 20 "$product" run -c "$scratch/refused.yaml" >"$scratch/said" 2>&1 || code=$?
  expect_equal "the exit code of a start in $1" 73 "$code"
  expect_contains "a start in $1" "$2" "$scratch/said"
}
mkdir -m 555 "$scratch/locked"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$scratch/locked"
refused "$scratch/locked" 'data_directory must be writable by the user that runs tickwitness'
refused "$scratch/locked/data" 'cannot be made: Permission denied; set data_directory to a place'

# The rest at the usual rate: what comes while no engine runs the exchange can still be asked for.
while [ $SECONDS -lt $flood_over ]; do sleep 0.5; done
kill -TERM "$run_pid"
wait "$run_pid" || fail "the end of the engine: $(tail -n 3 "$scratch/run.log")"
for symbol in "${symbols[@]}"; do
  printf 'tickwitness_trades_accepted_total{exchange="kraken",symbol="%s"} %d\n' "$symbol" \
    "$("$TICKWITNESS" export trades --data "$scratch/data" --symbol "$symbol" | tail -n +2 | wc -l)"
done >"$scratch/stopped"

# An engine that has its past there tells it, is not ready, and goes on when it may.
chmod 555 "$scratch/data" "$scratch/data/spool"
engine
eventually 20 refuses || fail "a start in a directory that is read-only: $(health)"
ready && fail "ready in a directory that is read-only"
accepted | grep trades_accepted | sort | diff <(sort "$scratch/stopped") - ||
  fail "what was accepted is not what is stored"
chmod 755 "$scratch/data" "$scratch/data/spool"
eventually 30 ready || fail "not ready again: $(curl -s "$url/health/ready")"
ticks=$(metric tickwitness_spool_ticks_total)
goes_on() {
  [ "$(metric tickwitness_spool_ticks_total)" -gt "$ticks" ] &&
    [ "$(metric tickwitness_store_lag_seconds)" = 0 ]
}
eventually 30 goes_on || fail "nothing more is stored: $(tail -n 3 "$scratch/run.log")"
accepted >"$scratch/now"
none_fell "$scratch/stopped" "$scratch/now"
nothing_missing() {
  curl -sf "$url/metrics" | awk '
    { name = $1; sub(/\{.*/, "", name) }
    name == "tickwitness_feed_trades_missing_total" { n += $NF }
    name == "tickwitness_feed_trades_recovered_total" { n -= $NF }
    name == "tickwitness_feed_trades_held" { n += $NF }
    END { exit n != 0 }'
}
eventually 40 nothing_missing || fail "gaps: $(curl -s "$url/api/v1/gaps" | head -c 1000)"
kill -TERM "$run_pid"
wait "$run_pid" || fail "the end of the second engine: $(tail -n 3 "$scratch/run.log")"

exec 3>&-
wait "$compare_pid" || fail "what is stored: $(cat "$scratch/compared")"
cat "$scratch/compared"
