#!/usr/bin/env bash
# Runs the linter of shell scripts over every one of the repository.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -d '' scripts < <(
  find . \( -name .git -o -name node_modules -o -path ./build -o -path ./fuzz/corpus \) -prune -o \
    -type f -size -64k -print0 | xargs -0 grep -lZE '^#!.*\b(ba)?sh$' --)
shellcheck --external-sources --source-path=. --source-path=SCRIPTDIR --shell=bash --severity=warning "${scripts[@]}"
echo "${#scripts[@]} scripts checked"
