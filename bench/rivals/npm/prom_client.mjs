// node --expose-gc prom_client.mjs [--quick] CASE...
// Prints a line of JSON for each case; nothing for one that the peer does not have: threads of Node
// share no registry.
import { Counter, Histogram, Registry } from 'prom-client';

import {
  bounds, durationCount, durations, families, histograms, labelsOf, lookupSeries, observationsEach,
  readSamples, refuse, residentBytes, shuffledSeries, sumIfEven, symbolOf,
  valueOf,
} from './workload.mjs';

const labelNames = ['exchange', 'symbol', 'channel'];
let repetitions = 7;
let seconds = 0.25; // of each repetition of the cases in nanoseconds, at least

function report(name, figures) {
  console.log(JSON.stringify({ peer: 'prom_client', case: name, ...figures }));
}

const short = (value) => Number(value.toPrecision(4));
const median = (samples) => samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)];
const secondsSince = (start) => Number(process.hrtime.bigint() - start) / 1e9;

// Nanoseconds of one operation.
async function loop(name, run, counted) {
  let operations = 1024;
  let total = 0;
  const once = () => {
    total += operations;
    const start = process.hrtime.bigint();
    run(operations);
    return secondsSince(start);
  };
  // doubled until it is long enough to be scaled, which also warms everything up
  let took = once();
  for (; took < seconds / 4; took = once()) operations *= 2;
  operations = Math.ceil(operations * Math.max(1, (seconds / took) * 1.1));
  const samples = [];
  for (let i = 0; i < repetitions; ++i) samples.push((once() / operations) * 1e9);
  const said = await counted();
  if (said !== total) refuse(`${name}: ${said} of ${total} were counted`);
  report(name, { ns_per_op: short(median(samples)) });
}

const counterOf = (name, registry, names = labelNames) =>
  new Counter({ name, help: 'Events counted.', labelNames: names, registers: [registry] });

const latency = (registry, names) =>
  new Histogram({
    name: 'bench_latency_seconds', help: 'Delays measured.', labelNames: names, buckets: bounds,
    registers: [registry],
  });

function inc(name) {
  const counter = counterOf('bench_total', new Registry(), []);
  const run = (operations) => {
    for (; operations > 0; --operations) counter.inc();
  };
  return loop(name, run, async () => (await counter.get()).values[0].value);
}

function observe(name) {
  const histogram = latency(new Registry(), []);
  const values = durations();
  const run = (operations) => {
    for (let at = 0; at < operations; ++at) histogram.observe(values[at & (durationCount - 1)]);
  };
  return loop(name, run, async () =>
    (await histogram.get()).values.find((one) => one.metricName.endsWith('_count')).value);
}

function lookup(name, add) {
  const counter = counterOf('bench_lookup_total', new Registry());
  const series = shuffledSeries();
  for (const labels of series) counter.inc(labels, 0); // the series exist
  const counted = async () => sumIfEven((await counter.get()).values.map((one) => one.value));
  return loop(name, (operations) => add(counter, series, operations), counted);
}

function addByTexts(counter, series, operations) {
  for (let at = 0; operations > 0; --operations) {
    const { exchange, symbol, channel } = series[at];
    counter.inc({ exchange, symbol, channel });
    if (++at === lookupSeries) at = 0;
  }
}

function addByObjects(counter, series, operations) {
  for (let at = 0; operations > 0; --operations) {
    counter.inc(series[at]);
    if (++at === lookupSeries) at = 0;
  }
}

function filled(series) {
  const registry = new Registry();
  const all = Array.from({ length: families }, (_, i) => counterOf(`bench_f${i}_total`, registry));
  for (let i = 0; i < series; ++i) {
    all[i % families].inc(labelsOf(Math.floor(i / families)), valueOf(i));
  }
  return registry;
}

async function scrapes(name, registry, holds) {
  let body = await registry.metrics();
  const samples = [];
  for (let i = 0; i < repetitions; ++i) {
    body = null; // free to be collected
    const start = process.hrtime.bigint();
    body = await registry.metrics();
    samples.push(secondsSince(start) * 1e3);
  }
  const said = readSamples(body);
  if (!holds(said)) refuse(`${name}: ${JSON.stringify(said)}`);
  report(name, { ms: short(median(samples)), bytes: Buffer.byteLength(body) });
}

function scrapeCounters(name, series) {
  let sum = 0;
  for (let i = 0; i < series; ++i) sum += valueOf(i);
  return scrapes(name, filled(series), (said) => said.lines === series && said.sum === sum);
}

function scrapeHistograms(name) {
  const registry = new Registry();
  const family = latency(registry, ['symbol']);
  const values = durations();
  for (let i = 0; i < histograms; ++i) {
    for (let n = 0; n < observationsEach; ++n) {
      const value = values[(i * observationsEach + n) & (durationCount - 1)];
      family.observe({ symbol: symbolOf(i) }, value);
    }
  }
  // each bound, +Inf, _sum and _count
  const lines = histograms * (bounds.length + 3);
  return scrapes(name, registry,
    (said) => said.lines === lines && said.counts === histograms * observationsEach);
}

function settledBytes() {
  gc();
  return residentBytes();
}

async function bytesPerSeries(name) {
  const series = 1_000_000;
  const before = settledBytes();
  const registry = filled(series);
  const bytes = (settledBytes() - before) / series;
  const { lines } = readSamples(await registry.metrics());
  if (lines !== series) refuse(`${name}: ${lines} series were made`);
  report(name, { bytes: Math.round(bytes) });
}

const cases = {
  inc1: inc,
  inc2: () => {},
  observe1: observe,
  observe2: () => {},
  lookup_inc: (name) => lookup(name, addByTexts),
  lookup_inc_prebuilt: (name) => lookup(name, addByObjects),
  scrape_counters_100k: (name) => scrapeCounters(name, 100_000),
  scrape_1m: (name) => scrapeCounters(name, 1_000_000),
  scrape_histograms_10k: scrapeHistograms,
  bytes_per_series: bytesPerSeries,
};
for (const name of process.argv.slice(2)) {
  if (name === '--quick') {
    repetitions = 3;
    seconds = 0.05;
  } else {
    await (cases[name] ?? refuse(`there is no case ${name}`))(name);
  }
}
