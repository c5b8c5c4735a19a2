#!/usr/bin/env bash
# What `tickwitness simulate` prints, and how it ends.
# shellcheck source=tests/lib.sh
. tests/lib.sh

"$TICKWITNESS" simulate --seeds 3-5 --hours 0.05 --json >"$scratch/out" 2>"$scratch/err"
expect_equal "a line for each seed and a last one" 4 "$(wc -l <"$scratch/out")"
python3 - "$scratch/out" <<'PY'
import json, sys

*seeds, last = [json.loads(line) for line in open(sys.argv[1])]
assert [s["seed"] for s in seeds] == [3, 4, 5], seeds
for s in seeds:
    assert s["failed"] == [] and s["violations"] == [], s["failed"]
    assert len(s["checks"]) > 100 and all(c["truth"] == c["measured"] for c in s["checks"])
    assert any(c["truth"] > 0 for c in s["checks"]), "nothing happened"
    assert s["bounds"] and all(b["ok"] and b["measured"] <= b["limit"] for b in s["bounds"])
    assert len(s["hash"]) == 16 and s["frames"] > 0 and s["events"] > 0
    assert s["virtual_s"] >= 480
assert len({s["hash"] for s in seeds}) == 3, "two seeds with one history"
assert last["seeds"] == 3 and last["failed_seeds"] == [] and last["wall_s"] > 0, last
PY

# The same seed, the same history, whatever runs beside it.
hashes() { sed -n 's/.*"hash":"\([0-9a-f]*\)".*/\1/p' "$1"; }
"$TICKWITNESS" simulate --seeds 3-5 --hours 0.05 --json --jobs 1 >"$scratch/again" 2>/dev/null
expect_equal "hashes" "$(hashes "$scratch/out")" "$(hashes "$scratch/again")"

"$TICKWITNESS" simulate --seeds 7 --hours 0.05 --fault black_hole@60s+20s --fault crash@90s >"$scratch/out"
expect_contains "faults in the text" " 2 faults  passed" "$scratch/out"
expect_contains "the last line" "1 seeds, 0 failed" "$scratch/out"

# Ten minutes without a database cost nothing but room in the spool.
"$TICKWITNESS" simulate --seeds 1-2 --hours 0.5 --fault database_down@300s+600s >"$scratch/out"
expect_contains "a database that is away" "2 seeds, 0 failed" "$scratch/out"

# A soak ends by itself.
"$TICKWITNESS" simulate --for 1s --hours 0.02 >"$scratch/out" 2>/dev/null
expect_contains "the soak's last line" ", 0 failed" "$scratch/out"

refused() { # WHAT MESSAGE ARGUMENTS...
  local what=$1 message=$2 code=0
  shift 2
  "$TICKWITNESS" simulate "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  expect_equal "$what" 64 $code
  expect_contains "$what" "$message" "$scratch/err"
}
refused "a fault nobody knows" "meteor" --fault meteor@3s
refused "seeds that are none" "neither a seed nor a range" --seeds 5-3
refused "a fault that would never come" "after the 0.05 hours" --hours 0.05 --fault crash@500s
refused "a seed beyond all" "neither a seed nor a range" --seeds 18446744073709551615
refused "a duration that is none" "no duration" --for soon
echo "passed"
