#!/usr/bin/env bash
# clang-format over every C++ file: rewrites them, or with --check complains and changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${CLANG_FORMAT:-clang-format-19}
if ! command -v "$program" >/dev/null; then
  echo "error: $program is missing; run tools/install.sh tests"
  exit 69
fi
folders=()
for folder in src sim include examples tools fuzz tests bench; do [ -d "$folder" ] && folders+=("$folder"); done
mode=(-i)
[ "${1:-}" = --check ] && mode=(--dry-run -Werror --ferror-limit=1)
find "${folders[@]}" \( -name '*.h' -o -name '*.cc' \) -print0 |
  xargs -0 -r -n 16 -P "$(nproc)" "$program" --style=file "${mode[@]}"
