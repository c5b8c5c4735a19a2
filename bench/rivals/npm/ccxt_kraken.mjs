// node ccxt_kraken.mjs FRAMES
// ccxt's own handler of Kraken's messages over frames of one trade, and of ten, without a network.
// Prints a line of JSON for each case.
import { readFileSync } from 'node:fs';
import ccxt from 'ccxt';

const repetitions = 7;
const seconds = 0.25; // of each repetition, at least
const head = '{"channel":"trade","type":"update","data":[';
const tail = ']}';

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean);
const entries = lines.map((line) => line.slice(head.length, -tail.length));
const tens = [];
for (let at = 0; at + 10 <= entries.length; at += 10) {
  tens.push(`${head}${entries.slice(at, at + 10).join(',')}${tail}`);
}

const symbols = [...new Set(entries.map((entry) => JSON.parse(entry).symbol))];
const exchange = new ccxt.pro.kraken();
exchange.setMarkets(symbols.map((symbol) => {
  const [base, quote] = symbol.split('/');
  return {
    id: `${base}${quote}`, symbol, base, quote, baseId: base, quoteId: quote, type: 'spot',
    spot: true, active: true, precision: { price: 1e-8, amount: 1e-8 }, limits: {}, info: {},
  };
}));

// What a connection does with a text, but for the waiting callers: none wait here.
let handled = 0;
const client = {
  subscriptions: {},
  resolve: () => { ++handled; },
  reject: (error) => { throw error; },
};
const handle = (text) => exchange.handleMessage(client, JSON.parse(text));

// All frames, at least once and until the time is over; nanoseconds of one.
function repeat(frames) {
  const before = handled;
  const start = process.hrtime.bigint();
  let took = 0;
  while (took < seconds) {
    for (const frame of frames) handle(frame);
    took = Number(process.hrtime.bigint() - start) / 1e9;
  }
  return (took * 1e9) / (handled - before);
}

function check(frames) {
  const before = handled;
  for (const symbol of Object.keys(exchange.trades)) delete exchange.trades[symbol];
  frames.forEach(handle);
  const kept = Object.values(exchange.trades).flatMap((trades) => [...trades]);
  const sum = kept.reduce((all, trade) => all + Number(trade.id), 0);
  const expected = entries.reduce((all, entry) => all + JSON.parse(entry).trade_id, 0);
  if (handled - before !== frames.length || sum !== expected) {
    throw new Error('ccxt did not take every trade');
  }
}

for (const [name, frames] of [['kraken_trade_frame', lines], ['kraken_trade_frame_10', tens]]) {
  check(frames);
  repeat(frames); // warms up
  const samples = Array.from({ length: repetitions }, () => repeat(frames)).sort((a, b) => a - b);
  const ns = Number(samples[Math.floor(repetitions / 2)].toPrecision(4));
  console.log(JSON.stringify({ peer: 'ccxt', case: name, ns_per_op: ns }));
}
