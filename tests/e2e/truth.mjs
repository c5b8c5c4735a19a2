// What a simulated Kraken says of its trades beside what a database has of them, field by field.
import { execFileSync } from 'node:child_process';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Digits as they came, but for zeros at the end, which the exchange's REST has more of.
const same = (a, b) => Number(a) === Number(b) && a.replace(/\.?0+$/, '') === b.replace(/\.?0+$/, '');

// Seconds with decimals, as nanoseconds.
function nanoseconds(seconds) {
  const [whole, decimals = ''] = seconds.split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, '0').slice(0, 9));
}

// What the exchange at this URL says of a market's trades since a time in ns, by id. The demo's keeps
// the newest 2,000: collect() has to be called before there are as many new ones.
export class Truth {
  constructor(exchange, symbol, since) {
    this.url = `${exchange}/0/public/Trades?count=1000&pair=${symbol.replace('BTC', 'XBT').replace('-', '')}`;
    this.since = since;
    this.trades = new Map();
    this.newest = null;
    this.let_go = []; // the first and the last id of each run that the exchange had let go by then
  }
  async collect() {
    for (let count = 1000; count === 1000; ) {
      const reply = await (await fetch(`${this.url}&since=${this.since}`)).json();
      if (reply.error.length > 0) {
        await sleep(500); // too many requests
        continue;
      }
      const { last, ...named } = reply.result;
      const [page] = Object.values(named);
      count = page.length;
      for (const [price, quantity, time, side, type, , id] of page) {
        if (this.newest !== null && id > this.newest + 1) this.let_go.push([this.newest + 1, id - 1]);
        this.newest = Math.max(this.newest ?? id, id);
        this.trades.set(id, {
          price,
          quantity,
          time: nanoseconds(String(time)),
          side: side === 'b' ? 'buy' : 'sell',
          type: type === 'm' ? 'market' : 'limit',
        });
      }
      if (count > 0) this.since = BigInt(last) - 1n; // a page may end between trades of one time
    }
  }
}

// rows(DATA, SQL): what a query of a data directory's database gives, as lists of texts.
export function rows(data, sql) {
  const text = execFileSync('sqlite3', ['-readonly', '-separator', '\t', `${data}/market.sqlite`, sql], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return text.split('\n').filter(Boolean).map((line) => line.split('\t'));
}

// All trades of a market that a database has, in the order of their ids.
export function stored(data, symbol) {
  const sql = `SELECT t.id, t.price, t.quantity, t.exchange_time, t.taker_side, t.order_type FROM trades t
    JOIN symbols s ON s.id = t.symbol WHERE s.name = '${symbol}' ORDER BY t.id`;
  return rows(data, sql).map(([id, price, quantity, time, side, type]) => {
    return { id: Number(id), price, quantity, time: BigInt(time), side, type };
  });
}

// What is wrong with these trades of a market beside what the exchange said of them: null, or the first
// thing in words. From the first one to the last they have to be the exchange's, each once.
export function wrong(trades, truth) {
  if (trades.length === 0) return 'there are none';
  const span = trades.at(-1).id - trades[0].id + 1;
  if (new Set(trades.map(({ id }) => id)).size !== trades.length) return 'an id twice';
  if (span !== trades.length) return `${span - trades.length} trades are missing`;
  const told = (trade) => JSON.stringify({ ...trade, time: String(trade.time) });
  for (const trade of trades) {
    const real = truth.trades.get(trade.id);
    if (!real && truth.let_go.some(([from, to]) => trade.id >= from && trade.id <= to)) continue;
    if (!real) return `the exchange never made ${told(trade)}`;
    const numbers = same(trade.price, real.price) && same(trade.quantity, real.quantity);
    const words = trade.side === real.side && trade.type === real.type;
    if (!numbers || !words || trade.time !== real.time) return `${told(trade)} was ${told(real)}`;
  }
  return null;
}
