// history.mjs URL SYMBOL KIND TO [FROM]: every row that the engine there has of that market and time,
// page by page, from the newest on; a line for each, sorted.
const [url, symbol, kind, to, from] = process.argv.slice(2);
const limit = 50;
const lines = new Set();
for (let before = to, more = true; more; ) {
  const query = new URLSearchParams({ exchange: "kraken", symbol, kind, limit, to: before });
  if (kind === "candles") query.set("interval", 1);
  if (from) query.set("from", from);
  const answer = await fetch(`${url}/api/v1/history?${query}`);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
  const page = JSON.parse(text);
  if (page.rows.length > limit) throw new Error(`${page.rows.length} rows`);
  const times = page.rows.map((row) => row.time ?? row.begin);
  if (times.join() !== [...times].sort().join()) throw new Error("not in the order of time");
  // Digits as they were sent: a number of JSON would be rounded.
  for (const row of text.match(/\{"(time|begin)"[^}]*\}/g) ?? []) lines.add(row);
  more = page.more;
  if (more && times[0] === before) throw new Error("a page brings nothing new");
  before = times[0];
}
console.log([...lines].sort().join("\n"));
