#!/usr/bin/env bash
# The recording of Binance through codec, books and metrics on one core; docs/benchmarks.md says what
# is measured. Prints {"peer":"tickwitness","case":"binance_recording","events_per_s":…,"p99_ns":…}.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
recording=$top/../shared/data/frames/binance-btcusdt-20240808.frames.gz
[ -f "$recording" ] || { echo "binance_recording: the recording is not beside the project" >&2; exit 0; }
exec "$top/build/release/binance_recording" "$recording"
