// Runs tickwitness, simdjson and ccxt over the same frames, prints the median of each, and says of
// tickwitness's whether it holds: at most 1.5 times simdjson's, at least 20 times faster than ccxt.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const frames = 'bench/kraken_trades.jsonl';
const out = 'build/bench/kraken_trade_frame.json';
const stdio = ['ignore', 'pipe', 'inherit'];
const run = (program, ...words) => execFileSync(program, words, { stdio, encoding: 'utf8' });
const lines = (text) => text.split('\n').filter(Boolean).map(JSON.parse);

rmSync(out, { force: true });
// Repetitions of both in turn, so that what disturbs the machine disturbs both.
run('build/release/kraken_trade_frame', frames, '--benchmark_repetitions=15',
  '--benchmark_min_time=0.1', '--benchmark_enable_random_interleaving=true',
  '--benchmark_report_aggregates_only=true', `--benchmark_out=${out}`,
  '--benchmark_out_format=json');
const figures = lines(run('node', 'bench/figures.mjs', out));
figures.push(...lines(run('node', 'build/rivals/npm/ccxt_kraken.mjs', frames)));

const of = (peer, name) => figures.find((f) => f.peer === peer && f.case === name).ns_per_op;
for (const figure of figures.filter((f) => f.peer === 'tickwitness')) {
  const limit = Math.min(1.5 * of('simdjson', figure.case), of('ccxt', figure.case) / 20);
  figure.limit = Number(limit.toPrecision(4));
}
for (const figure of figures) console.log(JSON.stringify(figure));
