// An engine whose seconds pass as fast as it is asked to: the page and the status are a running
// demo's, the events are the demo's own, repeated with moved timestamps.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { sleep } from './product.mjs';

const paceMs = 5; // between two events: they reach a page one by one, as they do in life

// In its first seconds a demo has not observed everything; what is null costs a page nothing.
const isWhole = (event) => [event, ...Object.values(event.pairs)].every((part) =>
  part.latency_p95_ms !== null && part.trades_per_min !== null);

// The data of so many kraken_metrics events of the demo, as they come.
async function recorded(demo, count) {
  const stop = new AbortController();
  const { body } = await fetch(`${demo}/sse/metrics`, { signal: stop.signal });
  const events = [];
  let text = '';
  try {
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const data = /^event: kraken_metrics$[^]*^data: (.*)$/m.exec(block)?.[1];
        const event = data === undefined ? null : JSON.parse(data);
        if (event !== null && isWhole(event)) events.push(event);
      }
      if (events.length >= count) return events;
    }
  } finally {
    stop.abort();
  }
  throw new Error(`the demo's stream ended after ${events.length} events`);
}

export class HurriedEngine {
  aheadMs = 0; // its clock, before the machine's
  sent = 0;
  startedMs = Date.now();

  constructor(demo, events) {
    this.demo = demo;
    this.events = events;
    this.reconnects = events.at(-1).reconnect_count;
    this.connected = new Promise((connect) => (this.connect = connect)); // the page, to the stream
    this.server = createServer((request, response) => {
      this.answer(request.url, response).catch(() => response.destroy());
    });
  }

  static async of(demo, eventCount) {
    const engine = new HurriedEngine(demo, await recorded(demo, eventCount));
    await new Promise((ready) => engine.server.listen(0, '127.0.0.1', ready));
    engine.url = `http://127.0.0.1:${engine.server.address().port}`;
    return engine;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  now() {
    return Date.now() + this.aheadMs;
  }

  // Counters go on from where the recording ended: one that falls is a restart to the page.
  event() {
    const last = this.events.at(-1);
    const passedS = (this.now() - this.startedMs) / 1000;
    const data = {
      ...this.events[this.sent % this.events.length],
      timestamp: Math.round(this.now()),
      uptime_s: last.uptime_s + passedS,
      cpu_seconds: last.cpu_seconds + passedS * 0.01,
      errors_total: last.errors_total,
      reconnect_count: this.reconnects,
    };
    this.sent += 1;
    return `id: hurried-${this.sent}\nevent: kraken_metrics\ndata: ${JSON.stringify(data)}\n\n`;
  }

  // Sends the events of so many seconds. The last one counts one reconnect more, by which it can
  // be recognized; that number is the result.
  async pass(seconds) {
    for (let left = seconds; left > 0; left -= 1) {
      const atMs = Math.max((this.lastMs ?? 0) + 1000, this.now());
      this.lastMs = atMs;
      this.aheadMs = atMs - Date.now();
      if (left === 1) this.reconnects += 1;
      this.client.write(this.event());
      await sleep(paceMs);
    }
    return this.reconnects;
  }

  async answer(url, response) {
    response.setHeader('Date', new Date(this.now()).toUTCString());
    if (url === '/sse/metrics') return this.stream(response);
    if (url === '/metrics') return response.writeHead(503).end(); // the demo's is of another time
    const answer = await fetch(this.demo + url);
    for (const name of ['content-type', 'content-security-policy']) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    response.writeHead(answer.status);
    return Readable.fromWeb(answer.body).pipe(response);
  }

  stream(response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    this.client = response;
    this.connect();
  }
}
