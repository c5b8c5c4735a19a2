#!/usr/bin/env bash
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
node "$top/web/install.mjs" --dev >&2 # what drives the browser
exec node "$top/bench/page.mjs"
