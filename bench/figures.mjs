// Google Benchmark's JSON to lines of ours: a name "peer/case" says both, any other is a case of
// tickwitness. With several threads the figure is per thread. A counter `rows_per_s` takes the place
// of the time, beside `ratio` and the least that it may be.
import { readFileSync } from 'node:fs';

const scale = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
for (const run of JSON.parse(readFileSync(process.argv[2], 'utf8')).benchmarks) {
  if (run.run_type === 'aggregate' && run.aggregate_name !== 'median') continue;
  const name = run.run_name.replace(
    /\/(threads:1|real_time|process_time|iterations:\d+\/manual_time)(?=\/|$)/g, '');
  const [, peer = 'tickwitness', label] = /^(?:([a-z_-]+)\/(?=[a-z]))?(.*)$/.exec(name);
  const figure = { peer, case: label.replace('/threads:', '_t') };
  const ns = run.real_time * scale[run.time_unit] * (run.threads ?? 1);
  if (run.rows_per_s === undefined) figure.ns_per_op = Number(ns.toPrecision(4));
  else figure.rows_per_s = Math.round(run.rows_per_s);
  if (run.ratio !== undefined) figure.ratio = Number(run.ratio.toPrecision(3));
  if (run.least_ratio !== undefined) figure.least = run.least_ratio;
  if (run.bytes !== undefined) figure.bytes = run.bytes;
  console.log(JSON.stringify(figure));
}
