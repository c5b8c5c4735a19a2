#!/usr/bin/env bash
# Installs the packages of web/ as its lockfile names them, unless they are there already.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tools/say.sh
. "$top/tools/say.sh"

[ -f "$top/web/package-lock.json" ] || exit 0
cd "$top/web"
stamp=node_modules/.lockfile-sha256
hash=$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)-node$(node --version)
if [ "$(cat $stamp 2>/dev/null)" = "$hash" ]; then
  say "web packages: all there"
  exit 0
fi
say "web packages: npm ci with Node $(node --version)"
run_logged "$top/build/logs/npm.log" npm ci --no-audit --no-fund
printf '%s\n' "$hash" >$stamp
