// kills.mjs TICKWITNESS CONFIG EXCHANGE_URL KILLS SEED SYMBOL...: runs the engine and kills it at
// random instants, again and again, watching its counters until each kill; after each it is looked,
// in a copy of the data directory, what was accepted by then. At last the engine catches up, is
// ended, and what it stored is compared with what the exchange says over REST.
import { spawn, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rows, stored, Truth, wrong } from './truth.mjs';

const [program, config, exchange, kills, seed, ...symbols] = process.argv.slice(2);
const data = /^data_directory: (.*)$/m.exec(readFileSync(config, 'utf8'))[1];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const fail = (what) => {
  console.error(`FAILED: ${what}`);
  process.exit(1);
};

// The same instants for the same seed, as far as a machine keeps them.
let state = Number(seed) >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

class Life {
  constructor(file = config) {
    this.began = performance.now();
    this.log = '';
    this.process = spawn(program, ['run', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.ended = new Promise((resolve) => this.process.on('exit', (code, signal) => resolve(code ?? signal)));
    this.process.stderr.on('data', (text) => (this.log += text));
  }
  url() {
    const port = /event=listening.* port=(\d+)/.exec(this.log)?.[1];
    return port && `http://127.0.0.1:${port}`;
  }
  // Null while nobody answers.
  async get(path) {
    try {
      const reply = await fetch(this.url() + path);
      return reply.ok ? await reply.text() : null;
    } catch {
      return null;
    }
  }
}

// Counters that must go on over a kill, by series.
const kTicks = 'tickwitness_spool_ticks_total';
const kTrades = (symbol) => `tickwitness_trades_accepted_total{exchange="kraken",symbol="${symbol}"}`;
const durable = /^(tickwitness_trades_accepted_total\{.*\}|tickwitness_spool_ticks_total) (\d+)$/gm;
const counters = (text) => new Map([...text.matchAll(durable)].map(([, name, value]) => [name, Number(value)]));

// What was seen of them last. They never fall, so this is what they rose by over all lives, as
// Prometheus's increase() says it.
const latest = new Map();
let scrapes = 0;
function look(text, life) {
  ++scrapes;
  const seen = counters(text);
  for (const [name, value] of latest) {
    if (!seen.has(name)) fail(`${name} is not there in life ${life}, it was ${value}`);
    if (seen.get(name) < value) fail(`${name} fell from ${value} to ${seen.get(name)} in life ${life}`);
  }
  for (const [name, value] of seen) latest.set(name, value);
}

// A life that was very short has not even begun one.
const spool_files = (directory) => (existsSync(`${directory}/spool`) ? readdirSync(`${directory}/spool`) : []);
const spool_bytes = () => spool_files(data).reduce((sum, name) => sum + statSync(`${data}/spool/${name}`).size, 0);

// How long a start may take: 2 s, and 2 s more for each 100 MB of spool.
let slowest = 0;
let starts = 0;
function started(life, number, bytes) {
  const took = performance.now() - life.began;
  const allowed = 2000 + (2000 * bytes) / 100e6;
  if (took > allowed) fail(`life ${number} was ready after ${took} ms, ${allowed} are allowed: ${life.log}`);
  slowest = Math.max(slowest, took);
  ++starts;
}

// The sum of a metric's series.
function metric(text, name) {
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

// How many trades it knows to be missing.
function missing(text) {
  return (
    metric(text, 'tickwitness_feed_trades_missing_total') -
    metric(text, 'tickwitness_feed_trades_recovered_total') +
    metric(text, 'tickwitness_feed_trades_held')
  );
}

// Until its time is over; a patient one not before it was ready and has filled in what it missed: the
// exchange does not keep it for ever.
async function live(number, length, patient) {
  const bytes = spool_bytes();
  const life = new Life();
  let ready = null;
  let whole = !patient;
  while (!whole || performance.now() < life.began + length) {
    if (performance.now() - life.began > 60_000) fail(`life ${number} is never whole: ${life.log.slice(-2000)}`);
    await sleep(15);
    if (!life.url()) continue;
    const text = await life.get('/metrics');
    if (text) look(text, number);
    if (ready !== null) whole ||= text && performance.now() - ready > 1500 && missing(text) === 0;
    if (ready !== null || !text || !(await life.get('/health/ready'))) continue;
    ready = performance.now();
    started(life, number, bytes);
  }
  life.process.kill('SIGKILL');
  const how = await life.ended;
  if (how !== 'SIGKILL') fail(`life ${number} ended by itself with ${how}: ${life.log.slice(-2000)}`);
}

// Until nothing is missing any more, then to its end.
async function last() {
  const bytes = spool_bytes();
  const life = new Life();
  const until = performance.now() + 90_000;
  let left = null;
  let ready = false;
  while (performance.now() < until && left !== 0) {
    await sleep(ready ? 500 : 15);
    if (!life.url()) continue;
    const text = await life.get('/metrics');
    if (!text || !(await life.get('/health/ready'))) continue;
    if (!ready) started(life, 'last', bytes);
    ready = true;
    look(text, 'last');
    left = performance.now() - life.began < 5_000 ? null : missing(text);
  }
  if (left === 0) {
    const { gaps } = JSON.parse(await life.get('/api/v1/gaps'));
    const open = gaps.filter((gap) => gap.state === 'open' || gap.state === 'filling');
    if (open.length > 0) fail(`nothing is missing, and the ledger says ${JSON.stringify(open[0])}`);
  }
  if (left !== 0) fail(`${left} trades are missing still: ${life.log.slice(-2000)}`);
  life.process.kill('SIGTERM');
  const how = await life.ended;
  if (how !== 0) fail(`the last life ended with ${how}: ${life.log.slice(-2000)}`);
}

// A copy of the data directory, in which a life that reaches no exchange accepts nothing new: what
// its counters are at the start, and how many trades of each market it has when all is stored.
const copy = `${data}.copy`;
const nowhere = config.replace('tickwitness.yaml', 'nowhere.yaml');
async function accepted(number) {
  const life = new Life(nowhere);
  let first = null;
  for (let lag = null; lag !== 0; await sleep(20)) {
    if (performance.now() - life.began > 20_000) fail(`what kill ${number} left is not stored: ${life.log}`);
    const text = life.url() && (await life.get('/metrics'));
    if (!text) continue;
    first ??= counters(text);
    lag = /^tickwitness_store_lag_seconds /m.test(text) ? metric(text, 'tickwitness_store_lag_seconds') : null;
  }
  life.process.kill('SIGTERM');
  if ((await life.ended) !== 0) fail(`the life after kill ${number}: ${life.log}`);
  const sql = 'SELECT s.name, count(*) FROM trades t JOIN symbols s ON s.id = t.symbol GROUP BY s.name';
  const kept = new Map(rows(copy, sql).map(([symbol, count]) => [symbol, Number(count)]));
  return { first, kept };
}

// How many ticks the newest segment of the copy has. Each life that accepts something begins a segment
// of its own, and is far too short to fill it.
function newest_ticks() {
  const names = spool_files(copy).filter((name) => name.endsWith('.spool')).sort();
  const alone = `${copy}.newest`;
  rmSync(alone, { recursive: true, force: true });
  mkdirSync(`${alone}/spool`, { recursive: true });
  if (names.length === 0) return { name: '', ticks: 0 };
  cpSync(`${copy}/spool/${names.at(-1)}`, `${alone}/spool/${names.at(-1)}`);
  const spool = JSON.parse(execFileSync(program, ['spool', '--data', alone, '--json'], { encoding: 'utf8' }));
  return { name: names.at(-1), ticks: spool.trades + spool.quotes + spool.candles };
}

// After a kill, before the next life: no scrape has said more than what is durable, and the counters
// go on at exactly that.
let segment = { name: '', ticks: 0 };
let ticks = 0;
async function compare(number) {
  rmSync(copy, { recursive: true, force: true });
  cpSync(data, copy, { recursive: true });
  const newest = newest_ticks();
  // A segment that a kill left without a record is begun anew, with the same name.
  ticks += newest.ticks - (newest.name === segment.name ? segment.ticks : 0);
  segment = newest;
  const { first, kept } = await accepted(number);
  for (const [name, value] of latest) {
    if (first.get(name) >= value) continue;
    fail(`${name} was ${value} when kill ${number} came, and goes on at ${first.get(name)}`);
  }
  for (const symbol of symbols) {
    const [goes, has] = [first.get(kTrades(symbol)), kept.get(symbol) ?? 0];
    if (goes !== has) fail(`${has} trades of ${symbol} were accepted by kill ${number}, counted are ${goes}`);
  }
  const goes = first.get(kTicks);
  if (goes !== ticks) fail(`${ticks} ticks were accepted by kill ${number}, counted are ${goes}`);
}

writeFileSync(
  nowhere,
  readFileSync(config, 'utf8')
    .replaceAll(new URL(exchange).host, '127.0.0.1:1')
    .replace(/^data_directory: .*$/m, `data_directory: ${copy}`),
);
const since = BigInt(Date.now() - 600_000) * 1_000_000n; // more than a subscription repeats
const truths = new Map(symbols.map((symbol) => [symbol, new Truth(exchange, symbol, since)]));
const began = performance.now();
for (let number = 1; number <= Number(kills); ++number) {
  await live(number, 30 + random() * 1200, number % 6 === 0);
  await compare(number);
  await Promise.all([...truths.values()].map((truth) => truth.collect()));
}
const killing = performance.now() - began;
await last();
const settling = performance.now() - began - killing;

// What the counters rose by over all lives is what is stored, and that is what the exchange made.
rmSync(copy, { recursive: true, force: true });
cpSync(data, copy, { recursive: true });
const { first } = await accepted('the last');
let sum = 0;
for (const symbol of symbols) {
  const trades = stored(data, symbol);
  if (trades.length < 50) fail(`${symbol}: only ${trades.length} trades`);
  const truth = truths.get(symbol);
  await truth.collect();
  if (truth.let_go.length > 0) fail(`${symbol}: trades that the exchange does not tell any more`);
  const why = wrong(trades, truth);
  if (why) fail(`${symbol}: ${why}`);
  const name = kTrades(symbol);
  if (!(latest.get(name) > 0)) fail(`${name} was never seen`);
  if (first.get(name) !== trades.length) fail(`${name} is ${first.get(name)}, ${trades.length} are stored`);
  sum += trades.length;
}
const seconds = (time) => (time / 1000).toFixed(0);
console.log(
  `${kills} kills in ${seconds(killing)} s, caught up in ${seconds(settling)} s, ${scrapes} scrapes, ` +
    `${sum} trades of ${symbols.length} markets: none missing, doubled or altered, and counters right at each kill; ` +
    `slowest of ${starts} starts to ready ${slowest.toFixed(0)} ms`,
);
