#!/usr/bin/env bash
# clang-tidy over the product's sources (not the tests'), or over the files named. A file that
# was clean is not read again until it, a header or the checks change.
#   tools/tidy.sh [FILE...]
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

database=build/asan-ubsan  # a build by the same clang
[ -f $database/compile_commands.json ] || die "build first: tools/build.sh asan-ubsan all"
clean=build/tidy
mkdir -p $clean
# any header, the checks themselves
common=$(find src sim .clang-tidy -name '*.h' -print0 -o -name .clang-tidy -print0 | sort -z |
  xargs -0 cat | sha256sum | cut -d' ' -f1)

if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(find src sim -name '*.cc' ! -name '*_test.cc' ! -name '*_bench.cc' \
    ! -name '*_fuzz.cc' | sort)
fi

# shellcheck disable=SC2329  # called by xargs below
tidy_one() {
  local file=$1 stamp
  stamp=$clean/$(cat "$file" - <<<"$common" | sha256sum | cut -d' ' -f1)
  [ -e "$stamp" ] && return 0
  clang-tidy-19 --quiet -p "$database" "$file" 2>/dev/null && : >"$stamp"
}
export -f tidy_one
export clean common database

say "clang-tidy over ${#files[@]} files"
code=0
printf '%s\0' "${files[@]}" | xargs -0 -r -n 1 -P "$(nproc)" bash -c 'tidy_one "$1"' tidy \
  >build/logs/tidy.log || code=$?
if [ $code != 0 ]; then
  sed 's/^/    /' build/logs/tidy.log | head -n 100
  printf 'error: repeat with: tools/tidy.sh FILE\n' >&2
  exit 1
fi
