#!/usr/bin/env bash
# clang-tidy over the product's sources (not the tests'), or over the files named. Without names it
# reads the sources as the sanitizers' build compiles them, ten files at once, since nearly all of
# its time goes into the headers. What was clean is not read again until something in it, its
# headers or the checks change; that is remembered in the user's cache, as ccache does.
#   tools/tidy.sh [FILE...]
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

build=build/asan-ubsan  # a build by the same clang
[ -f $build/compile_commands.json ] || die "build first: tools/build.sh asan-ubsan all"

if [ $# -gt 0 ]; then
  clang-tidy-19 --quiet -p $build "$@"
  exit
fi

clean=${XDG_CACHE_HOME:-$HOME/.cache}/tickwitness/tidy
mkdir -p "$clean"
find "$clean" -type f -mtime +30 -delete
checks=$(clang-tidy-19 --version | sha256sum - .clang-tidy "$0" | sha256sum)

# The files of this project that an object was made of; the compiler told ninja.
read_by() { # OBJECT
  ninja -C $build -t deps "$1" | sed -n "
    s,^    $top/,,p; t
    s,^    ../../,,p; t
    s,^    generated/,$build/generated/,p" | sort -u
}

# shellcheck disable=SC2329  # called by xargs below
tidy_one() { # SOURCE, from the build's folder
  local object=${1#"$top/$build/"}.o files stamp
  files=$(read_by "$object")
  [ -n "$files" ] || { echo "error: $build has not compiled $1" && return 1; }
  stamp=$clean/$({ echo "$checks" && xargs sha256sum <<<"$files"; } | sha256sum | cut -d' ' -f1)
  if [ -e "$stamp" ]; then return 0; fi
  # including .cc files is what these sources are for
  clang-tidy-19 --quiet --checks=-bugprone-suspicious-include -p $build "$1" 2>/dev/null &&
    : >"$stamp"
}
export -f tidy_one read_by
export clean checks build top

mapfile -t sources < <(sed -n 's/^ *"file": "\(.*_cxx\.cxx\)",\{0,1\}$/\1/p' $build/compile_commands.json)
[ ${#sources[@]} -gt 0 ] || die "$build compiles file by file: is its TW_UNITY off?"
say "clang-tidy over $(cat "${sources[@]}" | grep -c '^#include') files"
code=0
printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'tidy_one "$1"' tidy \
  >build/logs/tidy.log || code=$?
if [ $code != 0 ]; then
  sed 's/^/    /' build/logs/tidy.log | head -n 100
  printf 'error: repeat with: tools/tidy.sh FILE\n' >&2
  exit 1
fi
