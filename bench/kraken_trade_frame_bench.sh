#!/usr/bin/env bash
# A trade frame of Kraken read by tickwitness, by simdjson alone and by ccxt; docs/benchmarks.md says
# what each does. Prints lines like {"peer":"simdjson","case":"kraken_trade_frame","ns_per_op":105}.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

bench/rivals/npm/install.sh >&2
exec node bench/kraken_trade_frame.mjs
