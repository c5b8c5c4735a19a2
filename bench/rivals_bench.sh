#!/usr/bin/env bash
# The telemetry core beside clients of other languages; bench/rivals/README.md says what is measured
# and how. Prints lines like {"peer":"client_golang","case":"inc1","ns_per_op":2.5}.
#   bench/rivals_bench.sh [--quick] [--filter R]   --quick: few repetitions, to try it out
#                                                  --filter: only cases whose name matches R
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

quick=() filter=.
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=(--quick) ;;
    --filter) [ $# -gt 1 ] || die "--filter needs a regular expression" 64; filter=$2; shift ;;
    *) die "'$1' is not an option of bench/rivals_bench.sh" 64 ;;
  esac
  shift
done

tools/install.sh product bench rivals >&2
bench/rivals/build.sh >&2

rivals=build/rivals
cases=(inc1 inc2 lookup_inc lookup_inc_prebuilt observe1 observe2
  scrape_counters_100k scrape_histograms_10k scrape_1m bytes_per_series)
# Peers of core_bench are one program's, which repeats them in turn.
core_peers=(tickwitness prometheus_cpp)
programs=(
  "build/release/core_bench"
  "$rivals/go_bench --peer client_golang"
  "$rivals/go_bench --peer vm_metrics"
  "$rivals/rust_bench"
  "/usr/bin/python3 -B bench/rivals/python/prometheus_client_bench.py"
  "node --expose-gc $rivals/npm/prom_client.mjs"
)

# The processors that this process may use, one a line.
processors() {
  local first last
  awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status | tr ',' '\n' |
    while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done
}

# run CASE PROGRAM...: on one core, or on two for two threads.
run() {
  local name=$1 on=${cpus[-1]}
  shift
  if [[ $name == *2 ]]; then on+=,${cpus[-2]}; fi
  taskset -c "$on" "$@" "${quick[@]}" "$name"
}

# Memory grows once in a process, so that each repetition is a process.
median_of_processes() {
  local times=7 i
  if [ ${#quick[@]} != 0 ]; then times=1; fi
  for ((i = 0; i < times; ++i)); do run bytes_per_series "$@"; done |
    sort -t: -k4n | sed -n "$(((times + 1) / 2))p"
}

mapfile -t cpus < <(processors)
for name in "${cases[@]}"; do
  [[ $name =~ $filter ]] || continue
  if [[ $name == *2 ]] && [ ${#cpus[@]} -lt 2 ]; then
    say "no figure for $name: it takes two cores" >&2
    continue
  fi
  for program in "${programs[@]}"; do
    read -r -a words <<<"$program"
    say "$name: $program" >&2
    if [ "$name" != bytes_per_series ]; then
      run "$name" "${words[@]}"
    elif [[ $program == *core_bench ]]; then
      for peer in "${core_peers[@]}"; do median_of_processes "${words[@]}" --peer "$peer"; done
    else
      median_of_processes "${words[@]}"
    fi
  done
done

# Somebody waited for a core in so much of the last five minutes; on a busy machine two threads do
# not run at once, and figures of two threads are too good.
# A kernel that does not measure it says nothing, and neither do we.
if [ -r /proc/pressure/cpu ]; then
  pressure=$(sed -n 's/^some .*avg300=\([0-9.]*\).*/\1/p' /proc/pressure/cpu)
  printf '{"peer":"tickwitness","case":"rivals_machine_cpu_pressure","percent":%s}\n' "$pressure"
fi
