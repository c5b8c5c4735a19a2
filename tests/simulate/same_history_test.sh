#!/usr/bin/env bash
# This build (another compiler, with sanitizers) and the release build have the same histories.
# timeout: 600
# sanitized
# shellcheck source=tests/lib.sh
. tests/lib.sh

release=$TW_BUILD_DIR/../release/tickwitness
[ -x "$release" ] || { echo "there is no release build beside this one" && exit 77; }
hashes() { sed -n 's/.*"seed":\([0-9]*\),.*"hash":"\([0-9a-f]*\)".*/\1 \2/p' "$1"; }
"$TICKWITNESS" simulate --seeds 1-10 --json >"$scratch/ours" || fail "$(cat "$scratch/ours")"
"$release" simulate --seeds 1-10 --json >"$scratch/theirs" || fail "$(cat "$scratch/theirs")"
hashes "$scratch/ours" >"$scratch/our_hashes"
hashes "$scratch/theirs" >"$scratch/their_hashes"
expect_equal "seeds run" 10 "$(sort -u -k2 "$scratch/our_hashes" | wc -l)"
diff "$scratch/our_hashes" "$scratch/their_hashes" || fail "the histories differ"
echo "10 seeds, 10 histories, the same in both builds"
