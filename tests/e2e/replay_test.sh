#!/usr/bin/env bash
# Real recordings give the counts that their index states.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
frames=$(cd "$(dirname "$0")/../.." && pwd)/../shared/data/frames
[ -d "$frames" ] || { echo "the recordings are not beside the project"; exit 77; }

# counts FILE...: frames, malformed, unsupported, trade, instrument
counts() {
  "$TICKWITNESS" replay "$@" --exchange kraken-v2 --json |
    node -e '
      const r = JSON.parse(require("fs").readFileSync(0));
      console.log(r.frames, r.malformed, r.unsupported, r.events.trade, r.events.instrument)'
}
expect_equal "books of 2023" "510 0 0 0 0" \
  "$(counts "$frames/kraken-v2-btcusd-book10-20230730-floatmangled.frames.gz")"
expect_equal "session of 2026: status, 4 acks, 22 books" "27 0 0 0 0" \
  "$(counts "$frames/kraken-v2-btcusd-ethusd-book10-20260802.frames.gz")"
expect_equal "instruments" "1 0 0 0 683" \
  "$(counts "$frames/kraken-v2-instrument-snapshot.frames.gz")"
expect_equal "all as one stream" "538 0 0 0 683" "$(counts "$frames"/kraken-v2-*.frames.gz)"
# Plain text and a stream with receive times, at a pace.
cat >"$scratch/plain" <<'END'
1700000000000000000 {"channel":"heartbeat"}
1700000000500000000 {"channel":"heartbeat"}
{"chan
END
expect_equal "plain, one of them cut off" "3 1 0 0 0" "$(counts "$scratch/plain")"
