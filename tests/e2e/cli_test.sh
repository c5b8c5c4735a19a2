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
"$TICKWITNESS" catalog --format md | grep -q kraken_events_processed_total || fail "catalog md"
"$TICKWITNESS" catalog --format yaml | grep -q '^- name: feed_events' || fail "catalog yaml"

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
code=0
"$TICKWITNESS" replay "$scratch/none" 2>"$scratch/err" || code=$?
expect_equal "replay of nothing" 66 "$code"
expect_contains "replay of nothing" "$scratch/none" "$scratch/err"
