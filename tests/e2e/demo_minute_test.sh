#!/usr/bin/env bash
# timeout: 200
# full
# The issue's own commands: a minute each, faults at the times it names.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

names=(plain disconnect silent refuse malformed)
options=("" "--fault disconnect@20s" "--fault silent@30s" "--fault refuse_subscription"
  "--fault malformed@15s")
started=()
for i in "${!names[@]}"; do
  # shellcheck disable=SC2086 # the options are words
  "$TICKWITNESS" demo --for 60s --seed 7 --json --port 0 ${options[$i]} \
    >"$scratch/${names[$i]}.json" 2>"$scratch/${names[$i]}.log" &
  started+=($!)
  pids+=($!)
done
for i in "${!names[@]}"; do
  wait "${started[$i]}" || fail "${names[$i]}: $(tail -n 1 "$scratch/${names[$i]}.json")"
  expect_contains "${names[$i]}" '"failed":[]' "$scratch/${names[$i]}.json"
done
expect_contains "silent" '"demo.stale_found_after_s"' "$scratch/silent.json"
