#!/usr/bin/env bash
# Fuzzes for TW_FUZZ_SECONDS (20) from the corpus. What it finds goes to WORK; the corpus stays.
#   tools/fuzz_fresh.sh PROGRAM CORPUS WORK
set -euo pipefail
program=$1 corpus=$2 work=$3
seconds=${TW_FUZZ_SECONDS:-20}
mkdir -p "$work/found" "$work/crashes"
options=(-max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048
  -print_final_stats=1 -artifact_prefix="$work/crashes/")
dictionary=$(dirname "$(dirname "$corpus")")/$(basename "$corpus").dict
[ -f "$dictionary" ] && options+=(-dict="$dictionary")
if ! "$program" "${options[@]}" "$work/found" "$corpus" 2>"$work/log"; then
  tail -n 60 "$work/log"
  newest=$(find "$work/crashes" -type f -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2)
  echo "repeat with: $program $newest"
  echo "once mended, the input belongs into $corpus"
  exit 1
fi
grep -E 'number_of_executed_units|new_units_added' "$work/log"
