#!/usr/bin/env bash
# Copies the rivals of Node into build/rivals/npm/, with a node_modules of their own as it is locked.
set -euo pipefail
top=$(cd "$(dirname "$0")/../../.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

out=$top/build/rivals/npm
say "rivals: npm"
mkdir -p "$out"
cp bench/rivals/npm/{package.json,package-lock.json,.npmrc} bench/rivals/npm/*.mjs "$out/"
if ! cmp -s "$out/package-lock.json" "$out/node_modules/.installed"; then
  (cd "$out" && run_logged "$top/build/logs/rivals-npm.log" npm ci --ignore-scripts --no-audit --no-fund)
  cp "$out/package-lock.json" "$out/node_modules/.installed"
fi
