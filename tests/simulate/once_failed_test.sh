#!/usr/bin/env bash
# Every run that once failed passes: tests/simulate/once_failed.txt.
# timeout: 200
# quick
# shellcheck source=tests/lib.sh
. tests/lib.sh

runs=0
while read -r line; do
  case $line in '' | '#'*) continue ;; esac
  read -ra arguments <<<"$line"
  "$TICKWITNESS" simulate "${arguments[@]}" --no-shrink >"$scratch/out" 2>/dev/null ||
    fail "$line: $(cat "$scratch/out")"
  runs=$((runs + 1))
done <tests/simulate/once_failed.txt
[ $runs -gt 5 ] || fail "only $runs runs were read"
echo "$runs runs that once failed passed"
