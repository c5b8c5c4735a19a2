#!/usr/bin/env bash
# What ./test says about a run of ctest, shown on a small one with every kind of end: a test that
# passes, fails, crashes, takes too long, is skipped, is missing, counts its cases or does not.
set -euo pipefail
tools=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

one() {  # NAME SCRIPT: a test of the small run
  printf '%s\n' "$2" >"$1.sh"
  echo "add_test($1 /bin/sh $work/$1.sh)" >>CTestTestfile.cmake
}
one gtest 'printf "[  PASSED  ] 10 tests.\n[  SKIPPED ] 2 tests, listed below:\n"'
one gtest_fails 'printf "[  PASSED  ] 5 tests.\n[  FAILED  ] 3 tests, listed below:\n"; exit 1'
one gtest_crashes 'echo "[ RUN      ] A.B"; kill -SEGV $$'
one crashes_at_exit 'printf "[  PASSED  ] 7 tests.\n"; exit 3'
one node 'printf "ℹ tests 6\nℹ pass 4\nℹ fail 0\nℹ skipped 2\n"'
one plain 'echo "20 passed, 0 failed, 1 skipped"'
one silent 'true'
one too_long 'sleep 20'
one skipped 'echo there is no browser; exit 77'
cat >>CTestTestfile.cmake <<'END'
set_tests_properties(too_long PROPERTIES TIMEOUT 1)
set_tests_properties(skipped PROPERTIES SKIP_RETURN_CODE 77)
add_test(missing /no/such/program)
END
ctest -j4 --output-on-failure --output-junit "$work/report.xml" --test-output-size-passed 3000 \
  --test-output-size-failed 100000 --test-output-truncation head >log 2>&1 || true

expect() {  # WHAT WANTED GOT
  [ "$2" = "$3" ] && return 0
  printf '%s: wanted "%s", got "%s"\n' "$1" "$2" "$3"
  exit 1
}
# passed: 10 + 5 + 7 + 4 + 20 + 1; failed: 3, and one each for the crashes, the late, the missing
expect counts "47 7 6" "$(awk -f "$tools/count_tests.awk" report.xml)"

expect "nothing is slow" "" "$(awk -f "$tools/slowest.awk" report.xml)"
for seconds in 9.9 12.4 200.6 31 9 77 15.5 10; do
  printf '<testcase name="t%s" classname="x" time="%s" status="run">\n' "${seconds/./_}" $seconds
done >times.xml
expect slowest "t200_6 201 s, t77 77 s, t31 31 s, t15_5 16 s, t12_4 12 s" \
  "$(awk -f "$tools/slowest.awk" times.xml)"

"$tools/failures.sh" log release >shown
for name in gtest_fails gtest_crashes crashes_at_exit too_long missing; do
  expect "names $name" 1 "$(grep -c "^--- $name: " shown)"
  expect "repeats $name" 1 "$(grep -c "build/release .*'^$name\\$'" shown)"
done
expect "no others" 5 "$(grep -c '^--- ' shown)"
grep -q '3 tests, listed below' shown || expect "shows the output" yes no
