#!/usr/bin/env bash
# timeout: 120
# A real scrape of the demo tells latency twice, as gauges over 60 s and as a histogram; where both
# hold the same observations, none negative, each gauge lies in the bucket of its rank, or beside it
# by no more than the 1 % to which the window is exact.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# The exchange falls silent, so that nothing arrives between the window's last step and the scrape.
start_demo latency --fault down@15s+60s
connections_up() { curl -sf "$url/metrics" | grep -c '^tickwitness_feed_connected{.* 1$'; }
are_up() { [ "$(connections_up)" = "$1" ]; }
eventually 10 are_up 4 || fail "$(connections_up) connections are up, not 4"
eventually 40 are_up 0 || fail "$(connections_up) connections are still up"
uptime_s() { metric tickwitness_uptime_seconds; }
since=$(uptime_s)
two_steps_later() { awk -v a="$since" -v b="$(uptime_s)" 'BEGIN { exit !(b >= a + 2) }'; }
eventually 20 two_steps_later || fail "the engine's clock stands at $since s"
curl -sf "$url/metrics" >"$scratch/text"

node - "$scratch/text" <<'END'
const fs = require('fs');
const samples = fs.readFileSync(process.argv[2], 'utf8').split('\n')
  .map((line) => line.match(/^(\w+)(?:\{(.*)\})? (\S+)$/)).filter(Boolean)
  .map(([, name, labels, value]) => ({ name, value: Number(value), labels: Object.fromEntries(
    [...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])) }));
const all = (name, where = {}) => samples.filter((s) => s.name === name &&
  Object.entries(where).every(([key, text]) => s.labels[key] === text));
const need = (truth, text) => {
  if (truth) return;
  console.error('FAILED:', text);
  process.exitCode = 1;
};

const uptime = all('tickwitness_uptime_seconds')[0]?.value;
need(uptime < 58, `the window no longer holds everything: up for ${uptime} s`);
const counts = all('tickwitness_feed_latency_seconds_count');
need(counts.length === 4, `${counts.length} pairs have a histogram`);
for (const { labels: { symbol }, value: count } of counts) {
  need(count >= 50, `${symbol}: only ${count} latencies`);
  const negative = all('tickwitness_feed_latency_negative_total', { symbol });
  need(negative.length === 1 && negative[0].value === 0, `${symbol}: negative latencies`);
  const buckets = all('tickwitness_feed_latency_seconds_bucket', { symbol })
    .map(({ labels: { le }, value }) => ({ bound: le === '+Inf' ? Infinity : Number(le), value }));
  need(buckets.at(-1)?.value === count, `${symbol}: the buckets hold ${buckets.at(-1)?.value}`);
  for (const percent of [50, 95, 99]) {
    const name = `kraken_ws_latency_p${percent}_ms`;
    const gauges = all(name, { pair: symbol });
    need(gauges.length === 1, `${name} of ${symbol}: ${gauges.length} samples`);
    const rank = Math.ceil((percent * count) / 100);
    const held = buckets.findIndex((bucket) => bucket.value >= rank);
    const [above, upto] = [buckets[held - 1]?.bound ?? 0, buckets[held]?.bound];
    const shown = gauges[0]?.value / 1000;
    need(shown >= above * 0.99 && shown <= upto * 1.01, `${name} of ${symbol} is ` +
      `${shown * 1000}, but rank ${rank} of ${count} lies above ${above} s, up to ${upto} s`);
    console.log(`${symbol} p${percent}: ${shown * 1000} ms; rank ${rank} of ${count} is above ` +
      `${above * 1000} ms, up to ${upto * 1000} ms`);
  }
}
END
