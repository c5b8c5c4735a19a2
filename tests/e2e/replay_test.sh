#!/usr/bin/env bash
# Real recordings give the counts, checksums and books that their index states, each time the same.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
frames=$(cd "$(dirname "$0")/../.." && pwd)/../shared/data/frames
[ -d "$frames" ] || { echo "the recordings are not beside the project"; exit 77; }

# result FIELDS REPLAY-ARGUMENT...: FIELDS is what JavaScript makes of the result r.
result() {
  local fields=$1
  shift
  "$TICKWITNESS" replay "$@" --json >"$scratch/result" 2>"$scratch/err" || fail "$(cat "$scratch/err")"
  node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
    const e = r.events; const c = r.checksums; const b = Object.values(r.books);
    const valid = b.filter((x) => x.valid && x.bid !== null && x.ask !== null).length;
    console.log(eval("[" + process.argv[2] + "]").join(" "))' "$scratch/result" "$fields"
}

# Frames, unusable ones, books, checksums right and wrong, gaps, books that are right at the end.
checked='r.frames, r.malformed + r.unsupported, e.book, c.ok, c.failed, r.gaps, valid'
v1=$frames/kraken-v1-10pairs-20210417.frames.gz
mangled=$frames/kraken-v2-btcusd-book10-20230730-floatmangled.frames.gz
session=$frames/kraken-v2-btcusd-ethusd-book10-20260802.frames.gz
instruments=$frames/kraken-v2-instrument-snapshot.frames.gz
expect_equal "ten pairs of 2021" "4430 0 4279 4269 0 0 10" "$(result "$checked" "$v1")"
expect_equal "their trades and tickers" "10 18" "$(result 'e.trade, e.ticker' "$v1")"
expect_equal "books of 2023, without their zeros" "510 0 510 510 0 0 1" "$(result "$checked" "$mangled")"
expect_equal "session of 2026" "27 0 22 22 0 0 2" "$(result "$checked" "$session")"
expect_equal "instruments" "1 683" "$(result 'r.frames, e.instrument' "$instruments")"
expect_equal "tickers" "13 4" "$(result 'r.frames, e.ticker' "$frames/kraken-v1-ticker-session.frames.gz")"

# Precision: the venue's word, else the operator's file, else what is seen, and it is said which.
precision='r.books["BTC/USD"].precision, c.ok, c.failed'
expect_equal "decimals as seen" "inferred 510 0" "$(result "$precision" "$mangled")"
expect_equal "decimals of the venue" "instrument 510 0" "$(result "$precision" "$instruments" "$mangled")"
zcat "$instruments" | cut -d' ' -f2- >"$scratch/instruments"
zcat "$instruments" | grep -q '^[0-9]' || zcat "$instruments" >"$scratch/instruments"
expect_equal "decimals of the operator" "file 510 0" \
  "$(result "$precision" "$mangled" --instruments "$scratch/instruments")"
cat >"$scratch/wrong" <<'END'
{"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","base":"XXBT","quote":"ZUSD",
"pair_decimals":3,"lot_decimals":8,"status":"online"}}}
END
expect_equal "wrong decimals are found out" "file 0 1" \
  "$(result "$precision" "$mangled" --instruments "$scratch/wrong")"

counts='r.frames, e.trade, e.aggTrade, e.bookTicker, e.kline, e.depth, r.malformed, r.gaps, valid'
btc=$frames/binance-btcusdt-20240808.frames.gz
expect_equal "Binance, one pair" "41249 9757 0 28040 0 3451 0 0 1" "$(result "$counts" "$btc")"
expect_equal "Binance, four pairs" "265 0 2 84 2 177 0 0 4" \
  "$(result "$counts" "$frames/binance-4pairs-20211012.frames.gz")"

# Bit for bit: again, and cut into files.
first=$(result 'r.hash, r.books["BTC/USDT"].bid, r.books["BTC/USDT"].ask' "$btc")
expect_equal "again" "$first" "$(result 'r.hash, r.books["BTC/USDT"].bid, r.books["BTC/USDT"].ask' "$btc")"
zcat "$btc" | split -l 9000 - "$scratch/part"
expect_equal "in parts" "$first" \
  "$(result 'r.hash, r.books["BTC/USDT"].bid, r.books["BTC/USDT"].ask' "$scratch"/part*)"

# What is missing from a recording is a gap.
zcat "$btc" | awk '/@depth/ && ++depth == 100 {next} /@trade/ && ++trade == 50 {next} {print}' >"$scratch/holes"
expect_equal "two holes" "2 9756 3450" "$(result 'r.gaps, e.trade, e.depth' "$scratch/holes")"

# Plain text and a stream with receive times.
cat >"$scratch/plain" <<'END'
1700000000000000000 {"channel":"heartbeat"}
1700000000500000000 {"channel":"heartbeat"}
{"chan
END
expect_equal "plain, one of them cut off" "3 1" "$(result 'r.frames, r.malformed' "$scratch/plain")"
