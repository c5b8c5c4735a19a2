#!/usr/bin/env bash
# What the scripts of tests/ share, for them to source: a scratch folder, processes that end with
# the test, failures that say where.
# shellcheck disable=SC2034 # variables are for the scripts
set -euo pipefail

: "${TICKWITNESS:?is the path of the product; run the tests with ./test}"
scratch=$(mktemp -d)
pids=()

cleanup() {
  # Nothing is judged here: most have ended already, and the exit code stays what the test made it.
  set +e
  # One that a test has stopped ends when it goes on.
  for pid in "${pids[@]}"; do kill "$pid" && kill -CONT "$pid"; done 2>/dev/null
  for pid in "${pids[@]}"; do wait "$pid"; done 2>/dev/null
  rm -rf "$scratch"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

expect_equal() { # WHAT EXPECTED ACTUAL
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

expect_contains() { # WHAT NEEDLE FILE
  grep -qF -- "$2" "$3" || fail "$1: '$2' is not in: $(head -c 2000 "$3")"
}

# eventually SECONDS COMMAND...: until it succeeds.
eventually() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

# free_ports N: so many ports of loopback that nobody has, in one line.
free_ports() {
  node -e '
    const net = require("net");
    const servers = Array.from({ length: process.argv[1] }, () => net.createServer().listen(0, "127.0.0.1"));
    Promise.all(servers.map((server) => new Promise((ready) => server.on("listening", ready)))).then(() => {
      console.log(servers.map((server) => server.address().port).join(" "));
      servers.forEach((server) => server.close());
    })' "$1"
}

# start_demo NAME OPTION...: a demo on a free port; sets demo_pid, url, exchange_url.
start_demo() {
  local log=$scratch/$1.log
  shift
  "$TICKWITNESS" demo --port 0 --seed 7 "$@" >"$scratch/demo.out" 2>"$log" &
  demo_pid=$!
  pids+=("$demo_pid")
  eventually 20 grep -q '^exchange ' "$log" || fail "the demo did not start: $(cat "$log")"
  url=$(sed -n 's/^metrics *\(.*\)\/metrics$/\1/p' "$log")
  exchange_url=$(sed -n 's/^exchange *//p' "$log")
  export url exchange_url demo_pid
  eventually 20 curl -sf -o /dev/null "$url/health/ready" ||
    fail "the demo was never ready: $(curl -s "$url/health/ready")"
}

# run NAME SECONDS OPTION...: a demo beside others, whose result is kept in $scratch/NAME.json.
demo_runs=()
run() {
  local name=$1 seconds=$2
  shift 2
  "$TICKWITNESS" demo --for "${seconds}s" --seed 7 --port 0 --json "$@" \
    >"$scratch/$name.json" 2>"$scratch/$name.log" &
  pids+=($!)
  demo_runs+=("$name:$!")
}

# all_end_well: waits for the demos of run; each must be content with itself.
all_end_well() {
  local entry name
  for entry in "${demo_runs[@]}"; do
    name=${entry%%:*}
    wait "${entry##*:}" ||
      fail "$name: $(tail -n 1 "$scratch/$name.json") $(tail -n 5 "$scratch/$name.log")"
  done
  demo_runs=()
}

# exchange_section URL: the part of a configuration that follows the exchange there, REST included,
# as streams.yaml says.
exchange_section() {
  local rest=http${1#ws}
  cat <<END
exchanges:
  kraken:
    url: $1
    rest_url: ${rest%/v2}
    streams_file: streams.yaml
END
}

# start_engine: the product as the configuration on stdin says, on a free port, with its data in
# $scratch/data; sets run_pid, url. Its log is $scratch/run.log.
start_engine() {
  {
    echo 'listen: ["127.0.0.1:0"]'
    echo "data_directory: $scratch/data"
    cat
  } >"$scratch/tickwitness.yaml"
  rm -f "$scratch/run.log"  # of an earlier one, which says that it listens
  "$TICKWITNESS" run -c "$scratch/tickwitness.yaml" 2>"$scratch/run.log" &
  run_pid=$!
  pids+=("$run_pid")
  eventually 15 grep -q 'event=listening' "$scratch/run.log" || fail "run: $(cat "$scratch/run.log")"
  url=http://127.0.0.1:$(sed -n 's/.*event=listening.* port=\([0-9]*\).*/\1/p' "$scratch/run.log")
}

# start_follower OPTION...: a demo with these options, and an engine that follows two markets of its
# exchange and records nothing; the rest of its configuration is on stdin. Sets demo_url, the demo's
# page, and what start_demo and start_engine set.
start_follower() {
  local rest
  rest=$(cat)
  start_demo exchange "$@"
  demo_url=$url
  cat >"$scratch/streams.yaml" <<'YAML'
streams:
  - {name: trade, pairs: [BTC-USD, ETH-USD]}
  - {name: spread, pairs: [BTC-USD]}
YAML
  mkdir "$scratch/data"
  start_engine <<YAML
$(exchange_section "$exchange_url")
recorder: {enabled: false}
$rest
YAML
}

# start_gateway NAME OPTION...: a gateway on a free port; sets gateway_pid, gateway. Its log is
# $scratch/NAME.log.
start_gateway() {
  local log=$scratch/$1.log
  shift
  "$TICKWITNESS" gateway --port 0 "$@" 2>"$log" &
  gateway_pid=$!
  pids+=("$gateway_pid")
  eventually 15 grep -q event=listening "$log" || fail "gateway: $(cat "$log")"
  gateway=http://127.0.0.1:$(sed -n 's/.*event=listening.* port=\([0-9]*\).*/\1/p' "$log")
}

# metric NAME{LABELS}: its value in a scrape, empty when absent.
metric() {
  curl -sf "$url/metrics" | awk -v name="$1" 'index($0, name " ") == 1 { print $NF }'
}

# accepted: the counters of what was accepted, in a scrape.
accepted() {
  curl -sf "$url/metrics" | grep -E '^tickwitness_(trades_accepted_total\{|spool_ticks_total )'
}

# none_fell BEFORE NOW: no counter of the first of two files of accepted is lower in the second, or gone.
none_fell() {
  awk 'NR == FNR { now[$1] = $2; next } !($1 in now) || now[$1] < $2 { print; bad = 1 }
    END { exit bad }' "$2" "$1" || fail "counters fell: $(cat "$2")"
}

# trade_symbols: the markets whose trades the engine at $url follows, one a line.
trade_symbols() {
  curl -sf "$url/api/v1/feeds" | node -e '
    const { feeds } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const names = feeds.filter((feed) => feed.stream === "trade").map((feed) => feed.symbol);
    console.log([...new Set(names)].join("\n"));'
}

# start_prometheus NAME OPTION...: a server that scrapes what $scratch/NAME.yml says; sets
# prometheus, the address of its API. Its log is $scratch/NAME.log.
start_prometheus() {
  local name=$1 port
  shift
  port=$(free_ports 1)
  prometheus=http://127.0.0.1:$port/api/v1
  prometheus --config.file="$scratch/$name.yml" --storage.tsdb.path="$scratch/$name.tsdb" \
    --web.listen-address="127.0.0.1:$port" "$@" >"$scratch/$name.log" 2>&1 &
  pids+=($!)
}

# query EXPRESSION: what Prometheus says is the value of its only sample; empty when there is none.
query() {
  curl -sf -G "$prometheus/query" --data-urlencode "query=$1" |
    node -e '
      const { result } = JSON.parse(require("fs").readFileSync(0)).data;
      console.log(result.length === 1 ? result[0].value[1] : "")'
}
