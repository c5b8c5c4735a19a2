#!/usr/bin/env bash
# The command line teaches: help with an example, fitting exit codes, machine-readable output.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for command in run demo replay check catalog reload; do
  "$TICKWITNESS" $command --help >"$scratch/help" || fail "$command --help"
  expect_contains "$command --help" "Example: tickwitness $command" "$scratch/help"
done
"$TICKWITNESS" version | grep -qE '^tickwitness [0-9]+\.[0-9]+\.[0-9]+ \(commit ' || fail "version"
"$TICKWITNESS" catalog --format json | node -e 'JSON.parse(require("fs").readFileSync(0))' ||
  fail "catalog json"
# Through files: a reader that stops early breaks the pipe of so long a text.
for format in md yaml; do "$TICKWITNESS" catalog --format $format >"$scratch/catalog.$format"; done
expect_contains "catalog md" kraken_events_processed_total "$scratch/catalog.md"
expect_contains "catalog md" "*Awaits paper.*" "$scratch/catalog.md"
expect_contains "catalog yaml" "- name: feed_events" "$scratch/catalog.yaml"
expect_contains "catalog yaml" "awaits: paper" "$scratch/catalog.yaml"

usage() { # TEXT COMMAND...: exit 64 and a message that helps
  local code=0 text=$1
  shift
  "$TICKWITNESS" "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  expect_equal "tickwitness $*" 64 "$code"
  expect_contains "tickwitness $*" "$text" "$scratch/err"
}
usage "subcommand" nonsense
usage "disconnect" demo --fault nonsense --port 0 --for 1s
usage "tickwitness simulate --fault crash@5s" demo --fault crash@5s --port 0 --for 1s
usage "60s" demo --for sixty
usage "speed" replay --speed fast "$0"
usage "kraken-v1, kraken-v2, binance or binance_us" replay --exchange bitstamp "$0"
code=0
"$TICKWITNESS" replay "$scratch/none" 2>"$scratch/err" || code=$?
expect_equal "replay of nothing" 66 "$code"
expect_contains "replay of nothing" "$scratch/none" "$scratch/err"
