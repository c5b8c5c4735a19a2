#!/usr/bin/env bash
# An engine publishes to a real Redis over TLS and takes signals from it; a gateway in another
# process tells what is there. Seed 000's own test: a count of trips raised by hand makes one trip,
# the engine's next true value none. Redis freezes, is full, takes no writes, goes away and comes
# back, and neither the feed nor the store notices.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

read -r port tls_port < <(free_ports 2)
server=$scratch/redis
mkdir "$server"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca \
  -keyout "$server/ca.key" -out "$server/ca.pem" 2>"$scratch/openssl.log"
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$server/server.key" -out "$server/server.csr" \
  2>>"$scratch/openssl.log"
openssl x509 -req -in "$server/server.csr" -copy_extensions copy -CA "$server/ca.pem" \
  -CAkey "$server/ca.key" -CAcreateserial -days 2 -out "$server/server.pem" 2>>"$scratch/openssl.log"
echo only-for-this-test >"$scratch/password"
start_redis() {
  redis-server --port "$port" --tls-port "$tls_port" --bind 127.0.0.1 --dir "$server" --save '' \
    --tls-cert-file "$server/server.pem" --tls-key-file "$server/server.key" \
    --tls-ca-cert-file "$server/ca.pem" --tls-auth-clients no \
    --user bot on '>only-for-this-test' '~*' +@all >"$scratch/redis.log" 2>&1 &
  redis_pid=$!
  pids+=("$redis_pid")
  eventually 10 answers || fail "Redis does not start: $(cat "$scratch/redis.log")"
}
cli() { timeout 10 redis-cli -h 127.0.0.1 -p "$port" "$@"; }
answers() { [ "$(cli PING 2>"$scratch/ping.log")" = PONG ]; }
start_redis

start_follower <<YAML
store: {spool_segment_bytes: 4MiB}
telemetry: {dialects: [kraken, bots, kiro, trading]}
redis:
  url: rediss://localhost:$tls_port
  ca_file: $server/ca.pem
  user: bot
  password_file: $scratch/password
YAML
engine=$url

# What check --online says of it, and of one that does not trust its certificate or password.
check() { # CODE NAME
  local code=0
  "$TICKWITNESS" check -c "$scratch/$2.yaml" --online >"$scratch/$2.out" 2>&1 || code=$?
  expect_equal "$2: $(cat "$scratch/$2.out")" "$1" "$code"
}
has() { # NAME STEP STATE
  tr -s ' ' <"$scratch/$1.out" | grep -q "^redis server $2 $3 " ||
    fail "$1: no '$2 $3' in: $(cat "$scratch/$1.out")"
}
check 0 tickwitness
for step in resolve connect tls greeting ping; do has tickwitness "$step" ok; done
echo another-password >"$scratch/other"
sed "s,$scratch/password,$scratch/other," "$scratch/tickwitness.yaml" >"$scratch/wrong_password.yaml"
check 69 wrong_password
has wrong_password greeting failed
has wrong_password ping skipped
grep -q WRONGPASS "$scratch/wrong_password.out" || fail "$(cat "$scratch/wrong_password.out")"
sed "s,ca_file: .*,ca_file: ''," "$scratch/tickwitness.yaml" >"$scratch/wrong_authority.yaml"
check 69 wrong_authority
has wrong_authority tls failed
has wrong_authority greeting skipped

# The stream: seed 000's fields and no others, as many as a second brings one.
length() { cli XLEN "$1"; }
longer() { [ "$(length metrics:kraken)" -gt "$1" ]; }
eventually 20 longer 3 || fail "nothing is published: $(tail -n 5 "$scratch/run.log")"
fields() { cli XREVRANGE "$1" + - COUNT 1 | awk 'NR > 1 && NR % 2 == 0' | sort | xargs; }
known() { [ "$(fields metrics:kraken | wc -w)" = 8 ]; }
eventually 80 known || fail "not all eight are known: $(cli XREVRANGE metrics:kraken + - COUNT 1)"
expect_equal "fields of metrics:kraken" \
  "circuit_breaker_trips latency_p50_ms latency_p95_ms latency_p99_ms \
reconnect_count timestamp trades_per_min ws_status" \
  "$(fields metrics:kraken)"
for field in instance version mode uptime_s state ready timestamp; do
  fields metrics:system | grep -qw "$field" || fail "metrics:system has no $field"
done
cli HGET prices:last kraken:BTC-USD | grep -Eq '^\{"price":[0-9.]+,"timestamp":[0-9]{13}\}$' ||
  fail "last price: $(cli HGETALL prices:last)"

# What is counted is what Redis counts.
calls() { cli INFO commandstats | sed -n "s/^cmdstat_$1:calls=\([0-9]*\),.*/\1/p"; }
before=$(calls xadd)
counted=$(metric 'tickwitness_redis_operations_total{operation="xadd",result="success"}')
after=$(calls xadd)
{ [ "$before" -le $((counted + 2)) ] && [ "$counted" -le "$after" ]; } ||
  fail "XADD: Redis has $before to $after, counted are $counted"
expect_equal "connected" 1 "$(metric tickwitness_redis_connected)"

# In three dialects what it says in its own. views sets what three of them count.
views() {
  curl -sf "$url/metrics" >"$scratch/scrape"
  node "$(dirname "$0")/redis_views.mjs" "$scratch/scrape" >"$scratch/views" || fail "the dialects"
  read -r succeeded failed errors hits not_updated <"$scratch/views"
}
views
{ [ "$succeeded" -gt 10 ] && [ "$hits" -gt 0 ] && [ "$failed" = 0 ]; } ||
  fail "counts: $(cat "$scratch/views")"

# Signals.
cli XADD signals:live '*' symbol BTC-USD side buy timestamp 1700000000123 >"$scratch/id"
cli XADD signals:live '*' symbol BTC-USD side hold >>"$scratch/id"
signals() { metric "tickwitness_signals_received_total{stream=\"live\",result=\"$1\"}"; }
received() { [ "$(signals valid) $(signals invalid)" = '1 1' ]; }
eventually 10 received || fail "signals: $(signals valid) valid, $(signals invalid) invalid"
acknowledged() { [ "$(cli XPENDING signals:live tickwitness | head -n 1)" = 1 ]; }
eventually 10 acknowledged || fail "pending: $(cli XPENDING signals:live tickwitness)"
expect_equal "refused" 1 "$(length signals:refused)"

# The gateway, in another process.
code=0
secret=this-is-secret
"$TICKWITNESS" gateway --redis "redis://user:$secret@localhost" 2>"$scratch/refused" || code=$?
expect_equal "a password in the URL" 78 "$code"
! grep -q "$secret" "$scratch/refused" || fail "the password is shown"
code=0
"$TICKWITNESS" gateway 2>"$scratch/refused" || code=$?
expect_equal "no source" 78 "$code"
start_gateway scraper --scrape "$engine/metrics"
scraper=$gateway scraper_pid=$gateway_pid
from_redis=(--redis "rediss://localhost:$tls_port" --ca-file "$server/ca.pem" --user bot
  --password-file "$scratch/password")
start_gateway gateway "${from_redis[@]}"
eventually 15 curl -sf -o "$scratch/ready" "$gateway/health/ready" ||
  fail "gateway: $(curl -s "$gateway/health/ready")"
told() { # FIELD [FROM]: of the event, as JSON
  curl -s "${2:-$gateway}/api/v1/snapshot" |
    node -e 'const e = JSON.parse(require("fs").readFileSync(0)); console.log(JSON.stringify(e[process.argv[1]]))' "$1"
}
expect_equal "ws_status" '"connected"' "$(told ws_status)"
expect_equal "mode" '"LIVE"' "$(told mode)"
stamp=$(told timestamp)
[ "$(cli --raw XRANGE metrics:kraken - + | grep -c "^$stamp$")" = 1 ] ||
  fail "the timestamp $stamp is not one of the stream's"
code=0
curl -sN --max-time 7 "$gateway/sse/metrics" >"$scratch/events" || code=$?
expect_equal "only curl's own time limit (28) ends the stream" 28 "$code"
[ "$(grep -c '^event: kraken_metrics' "$scratch/events")" -ge 5 ] || fail "events: $(cat "$scratch/events")"
grep -q '^event: heartbeat' "$scratch/events" || fail "no heartbeat"
page() { curl -s "$1/live" | cksum; }
expect_equal "the page is the engine's" "$(page "$engine")" "$(page "$gateway")"

# Seed 000, section 6: raised by hand, and true again a second later.
expect_equal "no trip" null "$(told last_trip_at)"
now=$(date +%s%3N)
cli XADD metrics:kraken '*' circuit_breaker_trips 1 >>"$scratch/id"
tripped() { [ "$(told last_trip_at)" != null ]; }
eventually 10 tripped || fail "the trip is not told: $(curl -s "$gateway/api/v1/snapshot")"
trip=$(told last_trip_at)
{ [ "$trip" -ge $((now - 1000)) ] && [ "$trip" -le $((now + 10000)) ]; } || fail "the trip is at $trip, not at $now"
sleep 4
expect_equal "the true count is told again" 0 "$(told circuit_breaker_trips)"
expect_equal "and is no second trip" "$trip" "$(told last_trip_at)"

# By scraping the engine, the same.
eventually 15 curl -sf -o "$scratch/ready" "$scraper/health/ready" ||
  fail "scraper: $(curl -s "$scraper/health/ready")"
expect_equal "by scraping: ws_status" '"connected"' "$(told ws_status "$scraper")"
expect_equal "by scraping: trips" 0 "$(told circuit_breaker_trips "$scraper")"

# Redis freezes, is full, takes no writes: it is counted, feed and store do not notice, and all is well
# once Redis is.
failures() { metric "tickwitness_redis_failures_total{reason=\"$1\"}"; }
counted() { [ "$(failures "$1")" -gt 1 ]; }
connected() { [ "$(metric tickwitness_redis_connected)" = "$1" ]; }
inserted() { metric 'tickwitness_store_ticks_total{result="inserted"}'; }
stored_more() { [ "$(inserted)" -gt $((stored_before + 20)) ]; }
unharmed() { # WHAT: the store goes on and the feed stays where it is
  stored_before=$(inserted)
  eventually 20 stored_more || fail "$1: nothing is stored, $(inserted) since $stored_before"
  metric tickwitness_store_lag_seconds | awk '{ exit !($1 < 2) }' ||
    fail "$1: the store is behind by $(metric tickwitness_store_lag_seconds)"
  expect_equal "$1: reconnections of the feed" 0 "$(metric kraken_ws_reconnects_total)"
  expect_equal "$1: errors of the store" 0 "$(metric tickwitness_store_failures_total)"
  [ "$(metric tickwitness_redis_queue_depth)" -lt 50 ] ||
    fail "$1: $(metric tickwitness_redis_queue_depth) commands wait"
  curl -sf -o "$scratch/ready" "$url/health/ready" || fail "$1: not ready"
}
recovers() { # WHAT
  eventually 40 connected 1 || fail "$1 is over, and Redis is not reached"
  length_before=$(length metrics:kraken)
  eventually 20 longer "$((length_before + 3))" || fail "$1 is over, and nothing is published"
  views
}

kill -STOP "$redis_pid"
eventually 20 connected 0 || fail "frozen: it is said to be connected"
eventually 20 counted timeout || fail "frozen: no time-out is counted"
unharmed frozen
kill -CONT "$redis_pid"
recovers frozen
[ "$errors" -gt 0 ] || fail "frozen: counts: $(cat "$scratch/views")"

failed_before=$failed not_updated_before=$not_updated
expect_equal "a limit" OK "$(cli CONFIG SET maxmemory 1mb)"
eventually 20 counted oom || fail "full: not counted"
unharmed full
expect_equal "full: a limit that is lifted" OK "$(cli CONFIG SET maxmemory 0)"
recovers full
{ [ "$failed" -gt "$failed_before" ] && [ "$not_updated" -gt "$not_updated_before" ]; } ||
  fail "full: counts: $(cat "$scratch/views")"

failed_before=$failed not_updated_before=$not_updated
expect_equal "a replica" OK "$(cli REPLICAOF 127.0.0.1 "$(free_ports 1)")"
eventually 20 counted readonly || fail "read-only: not counted"
unharmed read-only
expect_equal "no replica" OK "$(cli REPLICAOF NO ONE)"
recovers read-only
{ [ "$failed" -gt "$failed_before" ] && [ "$not_updated" -gt "$not_updated_before" ]; } ||
  fail "read-only: counts: $(cat "$scratch/views")"
eventually 20 curl -sf -o "$scratch/ready" "$gateway/health/ready" ||
  fail "the gateway did not come back: $(curl -s "$gateway/health/ready")"

# Redis goes away: the feed and the store do not notice, the gateway says so; and it comes back.
ticks=$(metric tickwitness_spool_ticks_total)
kill -KILL "$redis_pid"
away() { [ "$(metric tickwitness_redis_connected)" = 0 ]; }
eventually 10 away || fail "that Redis is away is not told"
unready() { curl -s "$gateway/health/ready" | grep -q '^Not ready. Missing: redis: '; }
eventually 10 unready || fail "the gateway: $(curl -s "$gateway/health/ready")"
stale() { [ "$(told ws_status)" = null ]; }
eventually 10 stale || fail "the gateway goes on saying $(told ws_status)"
old=$(told timestamp)
sleep 5
expect_equal "the time of the values stays" "$old" "$(told timestamp)"
[ "$(metric tickwitness_spool_ticks_total)" -gt "$ticks" ] || fail "nothing is stored meanwhile"
expect_equal "reconnections of the feed" 0 "$(metric kraken_ws_reconnects_total)"
[ "$(metric tickwitness_redis_queue_depth)" -lt 50 ] || fail "$(metric tickwitness_redis_queue_depth) commands wait"
[ "$(metric tickwitness_redis_commands_dropped_total)" -gt 3 ] || fail "what was given up is not counted"
start_redis
eventually 30 longer 2 || fail "not published again: $(tail -n 5 "$scratch/run.log")"
eventually 30 curl -sf -o "$scratch/ready" "$gateway/health/ready" ||
  fail "the gateway did not come back: $(curl -s "$gateway/health/ready")"
views
expect_equal "a new Redis is no new trip" "$trip" "$(told last_trip_at)"

# An engine that is not there is not said to be a Redis that is away.
kill -TERM "$run_pid"
wait "$run_pid" || fail "the engine's end: $(tail -n 3 "$scratch/run.log")"
kept_pid=$gateway_pid
cli FLUSHALL >"$scratch/flushed"
start_gateway early "${from_redis[@]}"
says() { [ "$(curl -s "$gateway/health/ready")" = "Not ready. Missing: $1." ]; }
eventually 10 says "engine: nothing heard of it" || fail "an engine that is away: $(curl -s "$gateway/health/ready")"
kill -KILL "$redis_pid"
unready() { curl -s "$gateway/health/ready" | grep -q '^Not ready. Missing: redis: .*engine: '; }
eventually 10 unready || fail "both away: $(curl -s "$gateway/health/ready")"

for pid in "$kept_pid" "$gateway_pid" "$scraper_pid"; do
  kill -TERM "$pid"
  wait "$pid" || fail "the end of one: $(tail -n 3 "$scratch/run.log" "$scratch/gateway.log")"
done
! grep -rq only-for-this-test "$scratch/run.log" "$scratch/gateway.log" || fail "the password is in a log"
