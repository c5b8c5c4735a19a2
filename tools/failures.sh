#!/usr/bin/env bash
# The end of each failed test's output in a ctest log, and how to repeat it.
#   tools/failures.sh LOG PRESET
set -euo pipefail
log=$1 preset=$2
sed -n '/^The following tests FAILED:/,$p' "$log" |
  sed -nE 's/^[[:space:]]*[0-9]+ - ([^ ]+) \((.*)\).*$/\1 \2/p' |
  while read -r name why; do
    echo "--- $name: $why"
    # its block: from the line that ended it to the line of the next test
    awk -v name="$name" '
      /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / { inside = ($0 ~ (": " name " \\.")) }
      /^ *Start +[0-9]+: / { next }
      /% tests passed, / { exit }
      inside' "$log" | grep -vE '\[( RUN|       OK|-----)' | tail -n 40 | cut -c1-400 | sed 's/^/    /'
    echo "    repeat with: ctest --test-dir build/$preset --output-on-failure -R '^$name\$'"
  done
