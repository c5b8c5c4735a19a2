#!/usr/bin/env bash
# timeout: 240
# full
# What the simulated Binance sent equals what the engine shows of it, undisturbed and under each
# fault; and two exchanges at once.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

run both 15 --exchange both
run both_faults 24 --exchange both --fault disconnect@4s --fault binance:drop@3s+4s
run both_rotation 20 --exchange both --fault binance:rotation@5s
run plain 12 --exchange binance
run disconnect 16 --exchange binance --fault disconnect@5s
run reset 16 --exchange binance --fault reset@5s
run down 26 --exchange binance --fault down@4s+4s
run hang 16 --exchange binance --fault hang@3s+4s
run flood 12 --exchange binance --fault flood@4s+2s
run skew 12 --exchange binance --fault skew=-80ms
run rotation 30 --exchange binance --fault rotation@5s
all_end_well
run drop 30 --exchange binance --fault drop@3s+6s
run drop_depth 16 --exchange binance --fault drop_depth@4s
run twice 24 --exchange binance --fault duplicate@3s+4s --fault reorder@9s+3s
run zombie 40 --exchange binance --fault zombie@12s
run limited 40 --exchange binance --fault drop@3s+4s --fault rate_limited@3s+6s
run rest_errors 40 --exchange binance --fault drop@3s+4s --fault rest_errors@3s+8s
run rest_refuses 24 --exchange binance --fault drop@3s+6s --fault rest_refuses@1s
all_end_well

# One subscription is refused among 296 markets and Binance's four. So many have more series than
# some families may (series_max), which the demo's bounds say: what is counted is equal all the same.
code=0
"$TICKWITNESS" demo --for 20s --seed 7 --port 0 --json --exchange both --pairs 296 \
  --fault refuse_subscription >"$scratch/many" 2>"$scratch/many.log" || code=$?
expect_equal "many markets" 1 "$code"
node - "$scratch/many" <<'END' || fail "many markets: $(tail -n 3 "$scratch/many.log")"
const fs = require('fs');
const result = JSON.parse(fs.readFileSync(process.argv[2], 'utf8').trim().split('\n').pop());
const of = (checker) => result.checks.filter((c) => c.name.startsWith(checker));
const counts = [...of('conservation.'), ...of('latency.'), ...of('demo.last_price')];
const wrong = counts.filter((c) => c.truth !== c.measured).map((c) => c.name);
const refused = counts.find((c) => c.name.includes('kind="refused"}@kraken'));
if (counts.length < 3000 || wrong.length > 0 || refused.truth !== 1) {
  console.error(`${counts.length} counts, wrong: ${wrong}, refused: ${refused.truth}`);
  process.exitCode = 1;
}
END

node - "$scratch" <<'END'
const fs = require('fs');
const names = fs.readdirSync(process.argv[2]).filter((f) => f.endsWith('.json'));
const need = (truth, text) => {
  if (truth) return;
  console.error('FAILED:', text);
  process.exitCode = 1;
};
const read = (file) =>
  JSON.parse(fs.readFileSync(`${process.argv[2]}/${file}`, 'utf8').trim().split('\n').pop());
need(names.length === 18, `18 demos, not ${names.length}`);
for (const file of names) {
  const result = read(file);
  need(result.failed.length === 0, `${file}: ${result.failed}`);
  need(result.violations.length === 0, `${file}: ${JSON.stringify(result.violations)}`);
  const all = [...result.checks, ...result.bounds];
  for (const checker of ['conservation', 'latency', 'counters', 'staleness', 'breaker', 'wire']) {
    need(all.some((c) => c.name.startsWith(`${checker}.`) && c.name.endsWith('@binance')),
      `${file}: no ${checker} of Binance`);
  }
  const trades = all.find((c) =>
    c.name === 'conservation.tickwitness_feed_frames_total{kind="trades"}@binance');
  need((trades.truth ?? trades.limit) > 100, `${file}: hardly any trade`);
}
const check = (file, name) => read(`${file}.json`).checks.find((c) => c.name === name);
for (const file of ['both', 'both_faults']) {
  need(check(file, 'conservation.tickwitness_pipeline_ticks_received_total@kraken'),
    `${file}: the pipeline of both`);
}
const whole = (file) => read(`${file}.json`).checks.filter((c) =>
  c.name.endsWith(' missing at the end@binance'));
for (const file of ['drop', 'limited', 'rest_errors', 'zombie', 'down', 'rotation']) {
  need(whole(file).length === 4, `${file}: four markets are whole`);
}
need(whole('rest_refuses').length === 0, 'rest_refuses: nobody can fill it');
END
