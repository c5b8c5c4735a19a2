// kills.mjs TICKWITNESS CONFIG EXCHANGE_URL KILLS SEED SYMBOL...: runs the engine and kills it at
// random instants, again and again, watching its counters until each kill; then lets it catch up,
// ends it, and compares what it stored with what the exchange says over REST.
import { spawn, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [program, config, exchange, kills, seed, ...symbols] = process.argv.slice(2);
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
const durable = /^(tickwitness_trades_accepted_total\{.*\}|tickwitness_spool_ticks_total) (\d+)$/gm;
const highest = new Map();
let scrapes = 0;
function look(text, life) {
  ++scrapes;
  const seen = new Map([...text.matchAll(durable)].map(([, name, value]) => [name, Number(value)]));
  for (const [name, value] of highest) {
    if (!seen.has(name)) fail(`${name} is not there in life ${life}, it was ${value}`);
    if (seen.get(name) < value) fail(`${name} fell from ${value} to ${seen.get(name)} in life ${life}`);
  }
  for (const [name, value] of seen) highest.set(name, value);
}

let slowest = 0;
async function live(number, length) {
  const life = new Life();
  const until = life.began + length;
  let ready = null;
  while (performance.now() < until) {
    await sleep(15);
    if (!life.url()) continue;
    const text = await life.get('/metrics');
    if (text) look(text, number);
    if (ready === null && text && (await life.get('/health/ready'))) {
      ready = performance.now() - life.began;
      slowest = Math.max(slowest, ready);
    }
  }
  life.process.kill('SIGKILL');
  const how = await life.ended;
  if (how !== 'SIGKILL') fail(`life ${number} ended by itself with ${how}: ${life.log.slice(-2000)}`);
}

// The sum of a metric's series.
function metric(text, name) {
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

// Until nothing is missing any more, then to its end.
async function last() {
  const life = new Life();
  const until = performance.now() + 90_000;
  let missing = null;
  while (performance.now() < until && missing !== 0) {
    await sleep(500);
    if (!life.url()) continue;
    const text = await life.get('/metrics');
    if (!text || !(await life.get('/health/ready'))) continue;
    look(text, 'last');
    missing =
      metric(text, 'tickwitness_feed_trades_missing_total') -
      metric(text, 'tickwitness_feed_trades_recovered_total') +
      metric(text, 'tickwitness_feed_trades_held');
    if (performance.now() - life.began < 5_000) missing = null;
  }
  if (missing === 0) {
    const { gaps } = JSON.parse(await life.get('/api/v1/gaps'));
    const open = gaps.filter((gap) => gap.state === 'open' || gap.state === 'filling');
    if (open.length > 0) fail(`nothing is missing, and the ledger says ${JSON.stringify(open[0])}`);
  }
  if (missing !== 0) fail(`${missing} trades are missing still: ${life.log.slice(-2000)}`);
  life.process.kill('SIGTERM');
  const how = await life.ended;
  if (how !== 0) fail(`the last life ended with ${how}: ${life.log.slice(-2000)}`);
}

// What the counters are at the start of a life that no exchange can be reached in.
async function counted() {
  const file = config.replace('tickwitness.yaml', 'nowhere.yaml');
  writeFileSync(file, readFileSync(config, 'utf8').replaceAll(new URL(exchange).host, '127.0.0.1:1'));
  const life = new Life(file);
  let text = null;
  while (!text && performance.now() - life.began < 20_000) {
    await sleep(50);
    if (life.url()) text = await life.get('/metrics');
  }
  life.process.kill('SIGTERM');
  await life.ended;
  return new Map([...(text ?? '').matchAll(durable)].map(([, name, value]) => [name, Number(value)]));
}

// What the exchange says of its trades, all of them: by id.
async function made(symbol) {
  const pair = symbol.replace('BTC', 'XBT').replace('-', '');
  const trades = new Map();
  for (let since = '0'; ; ) {
    const reply = await (await fetch(`${exchange}/0/public/Trades?pair=${pair}&since=${since}&count=1000`)).json();
    if (reply.error.length > 0) {
      await sleep(1000);
      continue;
    }
    const [rows] = Object.entries(reply.result).filter(([name]) => name !== 'last').map(([, value]) => value);
    const known = trades.size;
    for (const [price, quantity, , side, type, , id] of rows) {
      trades.set(id, { price, quantity, side: side === 'b' ? 'buy' : 'sell', type: type === 'm' ? 'market' : 'limit' });
    }
    since = reply.result.last;
    if (trades.size === known) return trades;
    await sleep(1100);
  }
}

const same = (a, b) => Number(a) === Number(b) && a.replace(/\.?0+$/, '') === b.replace(/\.?0+$/, '');
const data = /^data_directory: (.*)$/m.exec(readFileSync(config, 'utf8'))[1];
function stored(symbol) {
  const text = execFileSync(program, ['export', 'trades', '--data', data, '--symbol', symbol, '--format', 'jsonl'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

const began = performance.now();
for (let number = 1; number <= Number(kills); ++number) await live(number, 30 + random() * 1200);
const killing = performance.now() - began;
await last();

const settling = performance.now() - began - killing;
const counters = await counted();
let rows = 0;
for (const symbol of symbols) {
  const truth = await made(symbol);
  const trades = stored(symbol);
  const ids = trades.map((trade) => Number(trade.id));
  const [first, end] = [Math.min(...ids), Math.max(...ids)];
  if (new Set(ids).size !== ids.length) fail(`${symbol}: an id twice`);
  if (trades.length < 50) fail(`${symbol}: only ${trades.length} trades`);
  if (ids.length !== end - first + 1) fail(`${symbol}: ${end - first + 1 - ids.length} trades are missing`);
  for (const trade of trades) {
    const real = truth.get(Number(trade.id));
    if (!real) fail(`${symbol}: the exchange never made ${trade.id}`);
    const numbers = same(trade.price, real.price) && same(trade.quantity, real.quantity);
    if (numbers && trade.taker_side === real.side) continue;
    fail(`${symbol}: ${JSON.stringify(trade)} was ${JSON.stringify(real)}`);
  }
  // What a counter rose by over all lives is what was stored.
  const name = `tickwitness_trades_accepted_total{exchange="kraken",symbol="${symbol}"}`;
  if (!(highest.get(name) > 0)) fail(`${name} was never seen`);
  if (counters.get(name) !== trades.length) fail(`${name} is ${counters.get(name)}, ${trades.length} are stored`);
  rows += trades.length;
}
const seconds = (time) => (time / 1000).toFixed(0);
console.log(
  `${kills} kills in ${seconds(killing)} s, caught up in ${seconds(settling)} s, ${scrapes} scrapes, ` +
    `${rows} trades of ${symbols.length} markets: none missing, doubled or altered; ` +
    `slowest start to ready ${slowest.toFixed(0)} ms`,
);
