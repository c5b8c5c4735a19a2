#!/usr/bin/env bash
# Line coverage of the unit tests, room by room: tools/coverage.sh
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

tools/build.sh coverage all
find build/coverage -name '*.gcda' -delete
say "running the unit tests"
run_logged build/logs/coverage-tests.log ctest --test-dir build/coverage -j2 -L '^unit$' \
  --output-on-failure
say "adding up"
find build/coverage -name '*.gcda' -print0 |
  xargs -0 -n 32 gcov --stdout --json-format 2>/dev/null |
  node tools/coverage.mjs "$top"
