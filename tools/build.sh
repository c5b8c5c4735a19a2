#!/usr/bin/env bash
# Configures a preset and builds targets of it, quietly.
#   tools/build.sh PRESET TARGET...
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

preset=$1
shift
start=$SECONDS
# A product alone needs no GoogleTest. Once the tests were configured they stay.
options=()
if [ "$*" = tickwitness ] && [ ! -f "build/$preset/build.ninja" ]; then
  options+=(-DTW_TESTS=OFF)
elif [ "$*" != tickwitness ]; then
  options+=(-DTW_TESTS=ON)
fi
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1  # another checkout may use what this one compiled
say "building $preset ($*)"
run_logged "build/logs/$preset-configure.log" cmake --preset "$preset" "${options[@]}"
run_logged "build/logs/$preset-build.log" cmake --build "build/$preset" --target "$@"
say "built $preset in $((SECONDS - start)) s"
