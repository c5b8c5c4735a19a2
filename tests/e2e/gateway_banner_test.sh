#!/usr/bin/env bash
# The page of a gateway in a browser: a count of trips that is raised by hand in Redis, beside an
# engine that goes on telling the true one, shows the banner for 60 s.
# full
# timeout: 240
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

web=$(cd "$(dirname "$0")/../../web" && pwd)
[ -d "$web/node_modules/playwright-core" ] || {
  echo "no playwright-core: node web/install.mjs --dev"
  exit 77
}
port=$(free_ports 1)
redis-server --port "$port" --bind 127.0.0.1 --dir "$scratch" --save '' >"$scratch/redis.log" 2>&1 &
pids+=($!)
published() { [ "$(redis-cli -p "$port" XLEN metrics:kraken)" -ge 2 ] 2>/dev/null; }
start_follower <<YAML
store: {spool_segment_bytes: 4MiB}
redis: {url: "redis://127.0.0.1:$port"}
YAML
eventually 20 published || fail "nothing is published: $(tail -n 5 "$scratch/run.log")"
start_gateway gateway --redis "redis://127.0.0.1:$port"
GATEWAY=$gateway REDIS_PORT=$port node --test "$web/test/gateway/banner.test.mjs" ||
  fail "the banner: $(curl -s "$gateway/api/v1/snapshot")"
