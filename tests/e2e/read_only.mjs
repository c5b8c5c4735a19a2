// read_only.mjs EXCHANGE_URL DATA SYMBOL...: collects what the exchange says of its trades until its
// standard input ends, then compares it with what the database has, field by field.
import { rows, stored, Truth, wrong } from './truth.mjs';

const [exchange, data, ...symbols] = process.argv.slice(2);
const since = BigInt(Date.now()) * 1_000_000n - 600_000_000_000n; // more than a subscription repeats
const truths = symbols.map((symbol) => new Truth(exchange, symbol, since));
let over = false;
process.stdin.on('end', () => (over = true)).resume();

while (!over) {
  await Promise.all(truths.map((truth) => truth.collect()));
  await new Promise((resolve) => setTimeout(resolve, 800));
}
let sum = 0;
let forgotten = 0;
for (const [i, symbol] of symbols.entries()) {
  const trades = stored(data, symbol);
  await truths[i].collect();
  const why = wrong(trades, truths[i]);
  if (why) {
    console.error(`FAILED: ${symbol}: ${why}`);
    process.exit(1);
  }
  sum += trades.length;
  for (const [from, to] of truths[i].let_go) forgotten += to - from + 1;
}
const [[all]] = rows(data, 'SELECT count(*) FROM trades');
if (Number(all) !== sum) throw new Error(`${all} trades are stored, ${sum} were compared`);
if (forgotten * 10 > sum) throw new Error(`of ${sum} trades the exchange had let ${forgotten} go when it was asked`);
console.log(`${sum} trades of ${symbols.length} markets: none missing, doubled or altered`);
