#!/usr/bin/env bash
# Configures a preset and builds targets of it, quietly; a terminal sees how far it is.
#   tools/build.sh PRESET TARGET...
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

preset=$1
shift
start=$SECONDS
log=build/logs/$preset-build.log
# A product alone needs no GoogleTest. Once the tests were configured they stay.
options=()
if [ "$*" != tickwitness ]; then
  options+=(-DTW_TESTS=ON)
elif [ ! -f "build/$preset/build.ninja" ]; then
  options+=(-DTW_TESTS=OFF)
fi
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1  # another checkout may use what this one compiled

progress() {
  if [ -t 1 ]; then
    awk '/^\[/ { printf "\r%s ", $1; fflush() } END { printf "\r\033[K" }'
  else
    cat >/dev/null
  fi
}

# What failed, without the steps that did not and without the compiler's command lines.
complain() {
  grep -vE '^\[[0-9]+/[0-9]+\]|^/[^ ]*(ccache|c\+\+|clang\+\+-19) |^: && ' "$log" | head -n 60 |
    sed 's/^/    /' >&2
  die "the build of $preset failed; all of it is in $log; repeat with:
       cmake --build build/$preset --target $*"
}

say "building $preset ($*)"
run_logged "build/logs/$preset-configure.log" cmake --preset "$preset" "${options[@]}"
cmake --build "build/$preset" --target "$@" -- -k 0 2>&1 | tee "$log" | progress || complain "$@"
say "built $preset in $((SECONDS - start)) s"
