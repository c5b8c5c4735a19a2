#!/usr/bin/env bash
# What an engine records, replayed, gives the same counts as the engine itself had.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo exchange # for its exchange
cat >"$scratch/streams.yaml" <<'END'
streams:
  - {name: trade, pairs: [BTC-USD, ETH-USD]}
  - {name: spread, pairs: [BTC-USD, ETH-USD]}
  - {name: ohlc, pairs: [BTC-USD], intervals: [1, 5]}
END
start_engine <<END
recorder: {file_seconds: 2}
$(exchange_section "$exchange_url")
END
recordings=$scratch/data/recordings
several() { [ "$(find "$recordings" -name '*.twrec' 2>/dev/null | wc -l)" -ge 2 ]; }
eventually 30 several || fail "recordings: $(ls -R "$scratch/data"; tail "$scratch/run.log")"

# The exchange goes away: what the engine counts stands still, and can be compared.
kill "$demo_pid"
code=0
wait "$demo_pid" || code=$?
# Its exchange served two engines, and it compares with its own.
expect_equal "the exchange's demo, asked to end" 1 "$code"
down() { [ "$(metric 'tickwitness_feed_connected{exchange="kraken",connection="main"}')" = 0 ]; }
eventually 15 down || fail "still connected"
sum() { # of a family
  curl -sf "$url/metrics" | awk -v name="$1{" 'index($0, name) == 1 { n += $NF } END { print n }'
}
frames=$(sum tickwitness_feed_frames_total)
settled() { [ "$(metric tickwitness_recorder_frames_total)" = "$frames" ]; }
eventually 10 settled || fail "$frames frames, recorded $(metric tickwitness_recorder_frames_total)"
events() { # CHANNEL
  curl -sf "$url/metrics" | awk -v channel="channel=\"$1\"" '
    index($0, "tickwitness_feed_events_total{") == 1 && index($0, channel) { n += $NF }
    END { print n + 0 }'
}
expected="$frames $(events trade) $(events spread) $(events ohlc)"
expect_equal "bytes of text" "$(sum tickwitness_feed_bytes_total)" \
  "$(metric 'tickwitness_recorder_bytes_total{form="raw"}')"
expect_equal "nothing lost" 0 "$(metric tickwitness_recorder_lost_total)"
expect_equal "no failures" 0 "$(metric tickwitness_recorder_write_failures_total)"
same_on_disk() { # nothing is written any more, so gauges and files can be compared
  [ "$(metric tickwitness_recorder_disk_bytes)" = \
    "$(cat "$recordings"/* | wc -c)" ] &&
    [ "$(metric tickwitness_recorder_files)" = "$(find "$recordings" -type f | wc -l)" ]
}
eventually 10 same_on_disk || fail "on disk: $(ls -l "$recordings"), $(sum tickwitness_recorder)"
expect_equal "bytes written" "$(cat "$recordings"/* | wc -c)" \
  "$(metric 'tickwitness_recorder_bytes_total{form="compressed"}')"

# Killed, it leaves what it had written; the last file is called unfinished, and is read.
kill -9 $run_pid
code=0
wait $run_pid 2>/dev/null || code=$?
expect_equal "killed, not ended by itself" 137 "$code"
replay() {
  "$TICKWITNESS" replay "$@" --exchange kraken --json 2>"$scratch/replay.log" |
    node -e '
      const r = JSON.parse(require("fs").readFileSync(0));
      const e = r.events;
      console.log(r.frames, e.trade, e.ticker, e.ohlc)'
}
expect_equal "replay of what was recorded" "$expected" "$(replay "$recordings")"
expect_equal "no notes" "" "$(cat "$scratch/replay.log")"
code=0
"$TICKWITNESS" replay "$recordings" --exchange binance_us 2>"$scratch/other.log" || code=$?
expect_equal "replay of an exchange that was not recorded" 65 "$code"
expect_contains "what was recorded is told" "it is of kraken" "$scratch/other.log"

# A torn end costs the last block, and is told.
last=$(find "$recordings" -type f | sort | tail -n 1)
truncate -s -7 "$last"
torn=$(replay "$recordings")
[ "${torn%% *}" -lt "$frames" ] || fail "a torn end: $torn"
expect_contains "a torn end is told" "are no whole block and were left out" "$scratch/replay.log"
