// The same in all languages: bench/rivals/README.md.
import { readFileSync } from 'node:fs';

export const families = 20;
export const lookupSeries = 1000;
export const histograms = 10_000;
export const observationsEach = 20;
export const durationCount = 65536;
export const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

// A peer that does not count is no peer.
export function refuse(what) {
  console.error(`prom_client: ${what}`);
  process.exit(1);
}

function* xorshift(state) {
  for (;;) {
    state ^= state >> 12n;
    state = BigInt.asUintN(64, state ^ (state << 25n));
    state ^= state >> 27n;
    yield BigInt.asUintN(64, state * 0x2545F4914F6CDD1Dn);
  }
}

export const symbolOf = (index) => `SYM${String(index).padStart(5, '0')}-USD`;

export function labelsOf(index) {
  return {
    exchange: ['kraken', 'binance'][index % 2],
    symbol: symbolOf(index),
    channel: ['trade', 'spread', 'ohlc', 'book'][(index >> 1) % 4],
  };
}

export const valueOf = (i) => 1 + ((i * 7919) % 1_000_000);

export function durations() {
  const random = xorshift(0x9E3779B97F4A7C15n);
  const out = new Array(durationCount).fill(0).map(() => {
    const unit = Number(random.next().value >> 11n) / 2 ** 53;
    return 1e-4 * Math.exp(Math.log(50_000) * unit);
  });
  if (out.filter((value) => value <= 0.05).length !== 37635) {
    refuse('the table of durations is another one');
  }
  return out;
}

export function shuffledSeries() {
  const order = Array.from({ length: lookupSeries }, (_, i) => i);
  const random = xorshift(0xD1B54A32D192ED03n);
  for (let i = lookupSeries - 1; i > 0; --i) {
    const j = Number(random.next().value % BigInt(i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  if (order.reduce((sum, index, i) => sum + i * index, 0) !== 246_912_291) {
    refuse('the order of the series is another one');
  }
  return order.map(labelsOf);
}

// The sum of what the series of a lookup hold; 0 if one was found much more often than another, as
// each run goes round them from the first.
export function sumIfEven(counts) {
  const runsMax = 100;
  const even = counts.length === lookupSeries && Math.max(...counts) - Math.min(...counts) <= runsMax;
  return even ? counts.reduce((sum, count) => sum + count, 0) : 0;
}

// Lines of samples; the sum of values that are whole numbers; that of *_count alone.
export function readSamples(body) {
  const out = { lines: 0, sum: 0, counts: 0 };
  for (const line of body.split('\n')) {
    if (line === '' || line[0] === '#') continue;
    ++out.lines;
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    if (!Number.isInteger(value)) continue;
    out.sum += value;
    if (/^[^{ ]*_count[{ ]/.test(line)) out.counts += value;
  }
  return out;
}

export function residentBytes() {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}
