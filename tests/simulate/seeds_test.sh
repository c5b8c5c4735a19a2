#!/usr/bin/env bash
# Two hundred seeds of one virtual hour, all checkers content.
# timeout: 900
# alone
# shellcheck source=tests/lib.sh
. tests/lib.sh

"$TICKWITNESS" simulate --seeds 1-200 >"$scratch/out" 2>"$scratch/err" ||
  fail "$(grep -v passed "$scratch/out")"
tail -n 1 "$scratch/out"
