// Running the product and what drives it, for the benchmarks: programs whose lines are awaited,
// their memory and CPU from /proc. Everything started here is stopped by its own process id.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export const tickwitness = process.env.TICKWITNESS ?? 'build/release/tickwitness';
const programs = dirname(tickwitness);
const ticksPerSecond = 100; // of /proc, on every Linux there is
const lineMax = 60_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

class Program {
  constructor(file, args) {
    this.lines = [];
    this.wanted = [];
    this.began = performance.now();
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.ended = new Promise((done) => this.child.on('close', done));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.take(line));
    }
  }

  take(line) {
    this.lines.push(line);
    this.wanted = this.wanted.filter((want) => !want(line));
  }

  // The first line, of those to come too, that matches; its match.
  line(pattern) {
    const found = this.lines.map((line) => line.match(pattern)).find(Boolean);
    if (found) return Promise.resolve(found);
    return new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`no line like ${pattern}; there were:\n` +
        this.lines.join('\n'))), lineMax).unref();
      this.ended.then(() => failed(new Error(`ended without a line like ${pattern}; there were:\n` +
        this.lines.join('\n'))));
      this.wanted.push((line) => {
        const match = line.match(pattern);
        if (match) {
          clearTimeout(late);
          done(match);
        }
        return match;
      });
    });
  }

  // Seconds of CPU so far, all threads.
  cpu() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  rss() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
  }

  // Share of one core, in percent, over the time that `during` takes.
  async cpuPercent(during) {
    const cpu = this.cpu();
    const began = performance.now();
    await during;
    return (100 * (this.cpu() - cpu)) / ((performance.now() - began) / 1000);
  }

  async stop() {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    await this.ended;
  }
}

const started = [];
const folders = [];

export function start(file, ...args) {
  const program = new Program(file, args.map(String));
  started.push(program);
  return program;
}

export const startOwn = (name, ...args) => start(join(programs, name), ...args);

export async function startDemo() {
  const demo = start(tickwitness, 'demo', '--port', '0', '--seed', '7');
  const [, port] = await demo.line(/^page +http:\/\/127\.0\.0\.1:(\d+)\/live$/);
  return { demo, port: Number(port) };
}

// `tickwitness run` on a feed of so many events a second, of so many pairs.
export async function startRun(eventsPerSecond, pairCount = 2) {
  const feed = startOwn('feed_load', 'serve', eventsPerSecond);
  const [, exchange] = await feed.line(/^(\d+)$/);
  const folder = mkdtempSync(join(tmpdir(), 'tickwitness-bench-'));
  folders.push(folder);
  const config = {
    listen: ['127.0.0.1:0'],
    data_directory: 'data',
    exchanges: { kraken: { url: `ws://127.0.0.1:${exchange}/v2`, streams_file: 'streams.yaml' } },
    http: { connections_max: 7000, event_streams_max: 7000 },
  };
  const pairs = ['BTC-USD', 'ETH-USD', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].slice(0, pairCount)
    .map((pair) => (pair.length > 1 ? pair : `AA${pair}-USD`));
  const streams = ['trade', 'spread'].map((name) => ({ name, pairs }));
  writeFileSync(join(folder, 'tickwitness.yaml'), JSON.stringify(config)); // JSON is YAML
  writeFileSync(join(folder, 'streams.yaml'), JSON.stringify({ streams }));
  const product = start(tickwitness, 'run', '-c', join(folder, 'tickwitness.yaml'));
  const [, port] = await product.line(/page=\S*:(\d+)\/live/);
  return { product, feed, port: Number(port) };
}

// Milliseconds from the program's start until it answers that it is ready.
export async function untilReady(program, port) {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
    await answer.text();
    if (answer.status === 200) return performance.now() - program.began;
    if (performance.now() - program.began > lineMax) throw new Error('never ready');
    await sleep(2);
  }
}

export async function metric(port, name) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
}

export function figure(name, unit, value, limit) {
  const line = { peer: 'tickwitness', case: name, [unit]: Number(value.toPrecision(4)) };
  if (limit !== undefined) line.limit = limit;
  console.log(JSON.stringify(line));
}

// Of the last minute, the percent of time in which something that could run waited for a core: on
// a machine with other work the delays measured are also that work's.
function machinePressure() {
  try {
    return Number(/some .*avg60=([\d.]+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8'))[1]);
  } catch {
    return undefined; // the kernel does not say
  }
}

// Runs a benchmark; whatever happens, nothing is left running.
export async function benchmark(name, measure) {
  try {
    await measure();
    const pressure = machinePressure();
    if (pressure !== undefined) figure(`${name}_machine_cpu_pressure`, 'percent', pressure);
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await Promise.all(started.map((program) => program.stop()));
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}
