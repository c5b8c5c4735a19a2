#!/usr/bin/env bash
# Shows that a seed has one history: gcc and clang, with sanitizers and without. Builds what is not
# up to date of the four builds, simulates the same seeds with each and compares their event hashes.
#   tools/same_history.sh [SEEDS]      default 1-10
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

seeds=${1:-1-10}
# The first of them also lends its generator of the catalogue to those for this comparison only.
builds=(release asan-ubsan history-clang history-gcc-sanitized)
for build in "${builds[@]}"; do tools/build.sh "$build" tickwitness; done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for build in "${builds[@]}"; do
  start=$SECONDS
  "build/$build/tickwitness" simulate --seeds "$seeds" --json >"$scratch/out" 2>"$scratch/err" ||
    die "seeds $seeds failed in build $build: $(cat "$scratch/err" "$scratch/out")"
  sed -n 's/.*"seed":\([0-9]*\),.*"hash":"\([0-9a-f]*\)".*/\1 \2/p' "$scratch/out" |
    sort -n >"$scratch/$build"
  say "$(wc -l <"$scratch/$build") seeds with build $build in $((SECONDS - start)) s"
done

lines=$(wc -l <"$scratch/release")
[ "$lines" -gt 0 ] || die "no hash was read"
[ "$(cut -d ' ' -f 2 "$scratch/release" | sort -u | wc -l)" = "$lines" ] ||
  die "two seeds have one history: $(cat "$scratch/release")"
for build in "${builds[@]}"; do
  diff "$scratch/release" "$scratch/$build" >"$scratch/diff" ||
    die "the histories of release (<) and $build (>) differ: $(cat "$scratch/diff")"
done
echo "$lines seeds, $lines histories, the same in ${#builds[@]} builds"
