#!/usr/bin/env bash
# What the scripts of tests/ share, for them to source: a scratch folder, processes that end with
# the test, failures that say where.
# shellcheck disable=SC2034 # variables are for the scripts
set -euo pipefail

: "${TICKWITNESS:?is the path of the product; run the tests with ./test}"
scratch=$(mktemp -d)
pids=()

cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

expect_equal() { # WHAT EXPECTED ACTUAL
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

expect_contains() { # WHAT NEEDLE FILE
  grep -qF -- "$2" "$3" || fail "$1: '$2' is not in: $(head -c 2000 "$3")"
}

# eventually SECONDS COMMAND...: until it succeeds.
eventually() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

# start_demo NAME OPTION...: a demo on a free port; sets demo_pid, url, exchange_url.
start_demo() {
  local log=$scratch/$1.log
  shift
  "$TICKWITNESS" demo --port 0 --seed 7 "$@" >"$scratch/demo.out" 2>"$log" &
  demo_pid=$!
  pids+=("$demo_pid")
  eventually 20 grep -q '^exchange ' "$log" || fail "the demo did not start: $(cat "$log")"
  url=$(sed -n 's/^metrics *\(.*\)\/metrics$/\1/p' "$log")
  exchange_url=$(sed -n 's/^exchange *//p' "$log")
  export url exchange_url demo_pid
  eventually 20 curl -sf -o /dev/null "$url/health/ready" ||
    fail "the demo was never ready: $(curl -s "$url/health/ready")"
}

# metric NAME{LABELS}: its value in a scrape, empty when absent.
metric() {
  curl -sf "$url/metrics" | awk -v name="$1" 'index($0, name " ") == 1 { print $NF }'
}
