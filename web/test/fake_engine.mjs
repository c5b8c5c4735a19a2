// An engine made of nothing but answers: serves the built page and says over HTTP what a test tells it to.
// Its clock is the machine's plus `skewMs`, or stands still when frozen; `advance` moves it, as page.clock the page's.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const csp = "default-src 'self'";
const tickMs = 250; // the engine's second: tests need not wait for it

export const calmWorld = () => ({
  mode: 'SIMULATED',
  venue: 'online', // the status of Kraken
  others: {}, // further exchanges: name → status, as "binance": null
  successors: {}, // "binance main" → state of what is to replace it
  ws: 'connected',
  breaker: 'closed',
  breakerReason: null,
  openUntilMs: null,
  lastTripMs: null,
  trips: 0,
  reconnects: 2,
  uptimeS: 7_261,
  errors: 0,
  pairs: {
    'BTC-USD': { p95: 68, price: 84412.6, spread: 0.1, messages: 148.2, trades: 171 },
    'ETH-USD': { p95: 75, price: 2761.4, spread: 0.14, messages: 121.7, trades: 112 },
    'SOL-USD': { p95: 65, price: 128.37, spread: 0.01, messages: 92.4, trades: 71 },
    'XRP-USD': { p95: 80, price: 1.9521, spread: 0.0001, messages: 50.1, trades: 33 },
  },
  streams: { trade: 20, spread: 10, 'ohlc-1': 120 }, // stale after, s
  states: {}, // "BTC-USD trade" → state
  thresholds: { 'BTC-USD trade': 4.2 }, // learned, s
  gaps: [], // as /api/v1/gaps has them, newest first
  books: {}, // "BTC-USD" → state, where it is not valid
  missing: {}, // "BTC-USD" → trades of today, of 50 000
});

// An entry of the ledger.
export const lostTrades = (now) => ({
  id: 7,
  exchange: 'kraken',
  symbol: 'BTC-USD',
  channel: 'trade',
  connection: null,
  from: 100,
  to: 109,
  missing: 0,
  lost: 1,
  cause: 'disconnect',
  state: 'unrecoverable',
  opened: now - 60_000,
  closed: now - 58_000,
  reason: 'REST refused',
});

export class FakeEngine {
  world = calmWorld();
  sse = 'on'; // on | off | silent | heartbeats | late
  metrics = 'on'; // on | off | garbage | no_date | custom
  metricsText = ''; // when custom
  snapshots = 'on'; // /api/v1/snapshot: on | off; it ends with /metrics
  details = 'on'; // /api/v1/gaps and feeds: on | off
  stored = 'on'; // /api/v1/history: on | none | off
  lateMs = 0; // sse = late: how far behind its stamps are
  skewMs = 0;
  frozenMs = null;
  advancedMs = 0;
  requests = []; // paths, in order
  lastEventIds = []; // what each stream asked to resume from
  patch = {}; // fields laid over each kraken_metrics event
  started = Date.now();
  ticks = 0;
  clients = new Set();

  constructor(dist) {
    this.dist = dist;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async start() {
    await new Promise((ready) => this.server.listen(0, '127.0.0.1', ready));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    this.timer = setInterval(() => this.tick(), tickMs);
    return this;
  }

  async stop() {
    clearInterval(this.timer);
    this.cut();
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  now() {
    return (this.frozenMs ?? Date.now()) + this.skewMs;
  }

  freeze() {
    this.frozenMs = Date.now();
  }

  advance(ms) {
    this.skewMs += ms;
    this.advancedMs += ms;
  }

  // Since it started, whatever its clock was set to.
  elapsedS() {
    return ((this.frozenMs ?? Date.now()) - this.started + this.advancedMs) / 1000;
  }

  trip(reason = 'connection refused 5 times') {
    Object.assign(this.world, {
      breaker: 'open',
      breakerReason: reason,
      trips: this.world.trips + 1,
      lastTripMs: this.now(),
      openUntilMs: this.now() + 45_000,
    });
  }

  // Ends every open stream, as a dying engine does.
  cut() {
    for (const client of this.clients) client.destroy();
    this.clients.clear();
  }

  tick() {
    this.ticks += 1;
    for (const client of this.clients) {
      if (this.sse === 'on' || this.sse === 'late') client.write(this.event());
      if (this.ticks % 5 === 0 && this.sse !== 'silent') client.write(this.heartbeat());
    }
  }

  stamp() {
    return this.now() - (this.sse === 'late' ? this.lateMs : 0);
  }

  heartbeat() {
    return `id: ${this.ticks}h\nevent: heartbeat\ndata: {"timestamp":${this.stamp()}}\n\n`;
  }

  event() {
    return `id: ${this.ticks}\nevent: kraken_metrics\ndata: ${JSON.stringify(this.snapshot())}\n\n`;
  }

  wave() {
    return 1 + 0.3 * Math.sin(this.ticks / 7) + 0.1 * Math.sin(this.ticks / 2.3);
  }

  snapshot() {
    const { world } = this;
    const counts = { live: 0, pending: 0, quiet: 0, suspect: 0, zombie: 0, healing: 0, refused: 0 };
    const pairs = {};
    const at = (p95, factor) => Math.round(p95 * factor * this.wave() * 10) / 10;
    for (const [name, pair] of Object.entries(world.pairs)) {
      const streams = {};
      for (const [stream, staleAfter] of Object.entries(world.streams)) {
        const state = world.states[`${name} ${stream}`] ?? 'live';
        counts[state] += 1;
        const age = state === 'live' ? staleAfter * 0.1 : state === 'suspect' ? staleAfter * 1.4 : null;
        streams[stream] = { state, age_s: age, stale_after_s: staleAfter };
      }
      pairs[name] = {
        exchange: pair.exchange ?? 'kraken',
        latency_p50_ms: at(pair.p95, 0.3),
        latency_p95_ms: at(pair.p95, 1),
        latency_p99_ms: at(pair.p95, 1.6),
        trades_per_min: pair.trades,
        messages_per_s: pair.messages,
        last_price: pair.price,
        spread: pair.spread,
        streams,
      };
    }
    return {
      latency_p50_ms: at(72, 0.3),
      latency_p95_ms: at(72, 1),
      latency_p99_ms: at(72, 1.6),
      circuit_breaker_trips: world.trips,
      reconnect_count: world.reconnects,
      trades_per_min: 387,
      ws_status: world.ws,
      timestamp: this.stamp(),
      mode: world.mode,
      last_trip_at: world.lastTripMs,
      breaker_state: world.breaker,
      breaker_open_until: world.openUntilMs,
      breaker_reason: world.breakerReason,
      venue_status: world.venue,
      venues: this.venues(),
      subscriptions: counts,
      uptime_s: world.uptimeS + this.elapsedS(),
      last_event_age_s: 0.1,
      last_frame_age_s: 0.1,
      queue_depth: 6,
      queue_capacity: 8192,
      gaps_open: world.gaps.filter((gap) => gap.closed === null).length,
      completeness: Math.min(...this.days().map(({ ratio }) => ratio)),
      books_quarantined: this.books().filter(({ state }) => state === 'quarantined').length,
      errors_total: world.errors,
      memory_bytes: 48.6 * 2 ** 20,
      cpu_seconds: 12 + this.elapsedS() * 0.03,
      cores: 2,
      pairs,
      ...this.patch,
    };
  }

  venues() {
    const { world } = this;
    return Object.fromEntries(
      Object.entries({ kraken: world.venue, ...world.others }).map(([exchange, status]) => {
        const successor = world.successors[`${exchange} main`] ?? null;
        const connections = { main: { state: 'connected', last_frame_age_s: 0.1, successor } };
        return [exchange, { status, connections }];
      }),
    );
  }

  // Symbols without the exchange that a market's name may end with.
  markets() {
    return Object.entries(this.world.pairs).map(([name, { exchange = 'kraken' }]) => {
      return { name, exchange, symbol: name.replace(` ${exchange}`, '') };
    });
  }

  days() {
    const day = new Date(this.now()).toISOString().slice(0, 10);
    return this.markets().map(({ name, exchange, symbol }) => {
      const missing = this.world.missing[name] ?? 0;
      return { exchange, symbol, day, received: 50_000 - missing, missing, ratio: 1 - missing / 50_000 };
    });
  }

  books() {
    return this.markets().map(({ name, exchange, symbol }) => {
      const state = this.world.books[name] ?? 'valid';
      return { exchange, symbol, state, bid: null, ask: null, resyncs: 0 };
    });
  }

  feeds() {
    return this.markets().flatMap(({ name, exchange, symbol }) =>
      Object.keys(this.world.streams).map((stream) => {
        const threshold_s = this.world.thresholds[`${name} ${stream}`] ?? null;
        return { exchange, symbol, stream, connection: 'main', threshold_s };
      }),
    );
  }

  exposition() {
    const now = this.snapshot();
    const lines = [
      '# HELP circuit_breaker_trips_total Total number of circuit breaker trips',
      '# TYPE circuit_breaker_trips_total counter',
    ];
    const add = (name, value, labels = '') => value != null && lines.push(`${name}${labels} ${value}`);
    for (const { name, exchange, symbol } of this.markets()) {
      const values = now.pairs[name];
      if (values === undefined) continue;
      for (const q of exchange === 'kraken' ? ['p50', 'p95', 'p99'] : [])
        add(`kraken_ws_latency_${q}_ms`, values[`latency_${q}_ms`], `{pair="${symbol}"}`);
      const market = `{exchange="${exchange}",symbol="${symbol}"}`;
      add('tickwitness_market_last_price', values.last_price, market);
      add('tickwitness_market_spread', values.spread, market);
      for (const [stream, { state, age_s }] of Object.entries(values.streams)) {
        const labels = `exchange="${exchange}",symbol="${symbol}",stream="${stream}"`;
        for (const each of ['pending', 'live', 'stale', 'refused']) {
          add('tickwitness_feed_subscription_state', Number(each === state), `{${labels},state="${each}"}`);
        }
        add('tickwitness_feed_subscription_age_seconds', age_s, `{${labels}}`);
      }
    }
    add('circuit_breaker_trips_total', now.circuit_breaker_trips);
    add('circuit_breaker_state', { closed: 0, open: 1, half_open: 2 }[now.breaker_state]);
    add('kraken_ws_reconnects_total', now.reconnect_count);
    add('kraken_ws_connection_status', Number(now.ws_status !== 'disconnected'));
    add('kraken_trades_per_minute', now.trades_per_min);
    add('tickwitness_uptime_seconds', now.uptime_s);
    for (const [exchange, { status }] of Object.entries(this.venues())) {
      const connection = `{exchange="${exchange}",connection="main"}`;
      add('tickwitness_feed_last_frame_age_seconds', now.last_frame_age_s, connection);
      const word = `{exchange="${exchange}",status="${status ?? 'online'}"}`;
      add('tickwitness_venue_status', Number(status !== null), word);
      add('tickwitness_feed_connected', Number(now.ws_status !== 'disconnected'), connection);
    }
    if (now.last_trip_at !== null) add('tickwitness_breaker_last_trip_timestamp_seconds', now.last_trip_at / 1000);
    add('tickwitness_pipeline_ring_depth', now.queue_depth, '{ring="frames"}');
    add('tickwitness_pipeline_ring_capacity', now.queue_capacity, '{ring="frames"}');
    add('tickwitness_errors_total', now.errors_total, '{room="feed"}');
    add('process_resident_memory_bytes', now.memory_bytes);
    add('tickwitness_process_cpu_seconds_total', now.cpu_seconds);
    add('tickwitness_build_info', 1, `{version="0.1.0",commit="4f1c2ae",mode="${now.mode}"}`);
    return `${lines.join('\n')}\n`;
  }

  answer(request, response) {
    const path = request.url.split('?')[0];
    this.requests.push(path);
    response.sendDate = false;
    if (this.metrics !== 'no_date') response.setHeader('Date', new Date(this.now()).toUTCString());
    response.setHeader('Content-Security-Policy', csp);
    if (path === '/metrics') return this.answerMetrics(response);
    if (path === '/sse/metrics') return this.answerStream(request, response);
    if (path === '/api/v1/status') return this.answerStatus(response);
    if (path === '/api/v1/snapshot') return this.answerSnapshot(response);
    if (this.details === 'off' && /^\/api\/v1\/(gaps|feeds)$/.test(path)) return response.writeHead(503).end();
    if (path === '/api/v1/gaps') {
      return this.answerJson(response, { gaps: this.world.gaps, completeness: this.days() });
    }
    if (path === '/api/v1/feeds') return this.answerJson(response, { feeds: this.feeds(), books: this.books() });
    if (path === '/api/v1/history') return this.answerHistory(request, response);
    if (path === '/live' || path.startsWith('/live/assets/')) return this.answerFile(path, response);
    response.writeHead(404).end();
  }

  // Ninety minutes up to the one that runs; of every thirtieth nothing is stored.
  candles(price) {
    const running = Math.floor(this.now() / 60_000);
    return Array.from({ length: 90 }, (_, index) => running - 89 + index)
      .filter((minute) => minute % 30 !== 7)
      .map((minute) => {
        const close = price + Math.round(price * 20 * Math.sin(minute / 5)) / 10_000;
        const begin = new Date(minute * 60_000).toISOString().replace('Z', '000000Z');
        const reach = price / 500;
        return { begin, open: price, high: close + reach, low: close - reach, close, volume: 1.5, trades: 12 };
      });
  }

  answerHistory(request, response) {
    if (this.stored === 'off') return response.writeHead(404).end('There is no history: store.enabled is false.');
    const query = new URL(request.url, this.url).searchParams;
    const asked = Object.values(this.markets()).find(({ exchange, symbol }) => {
      return exchange === query.get('exchange') && symbol === query.get('symbol');
    });
    const known = asked !== undefined && query.get('kind') === 'candles' && this.stored === 'on';
    const rows = known ? this.candles(this.world.pairs[asked.name].price) : [];
    this.answerJson(response, { kind: 'candles', more: false, rows });
  }

  answerMetrics(response) {
    if (this.metrics === 'off') return response.writeHead(503).end();
    const text = { garbage: '<html>502 Bad Gateway</html>', custom: this.metricsText }[this.metrics];
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text ?? this.exposition());
  }

  answerStream(request, response) {
    this.lastEventIds.push(request.headers['last-event-id'] ?? null);
    if (this.sse === 'off') return response.writeHead(503).end();
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(this.sse === 'silent' || this.sse === 'heartbeats' ? ': hello\n\n' : this.event());
    this.clients.add(response);
    response.on('close', () => this.clients.delete(response));
  }

  // As of its answer, however late the stream is.
  answerSnapshot(response) {
    if (this.snapshots === 'off' || this.metrics === 'off') return response.writeHead(503).end();
    if (this.metrics === 'garbage' || this.metrics === 'custom') return response.writeHead(404).end();
    this.answerJson(response, { ...this.snapshot(), timestamp: this.now() });
  }

  answerStatus(response) {
    const body = {
      mode: this.world.mode,
      version: '0.1.0',
      commit: '4f1c2ae9',
      instance: 'demo-1',
      started_at_ms: this.started,
      uptime_s: this.world.uptimeS,
      seed: 42,
      venues: Object.entries(this.venues()).map(([exchange, { status }]) => ({ exchange, status, connections: [] })),
    };
    this.answerJson(response, body);
  }

  answerJson(response, body) {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }

  answerFile(path, response) {
    const name = path === '/live' ? 'index.html' : path.slice('/live/'.length);
    const type = JSON.parse(readFileSync(join(this.dist, 'manifest.json'))).find(
      (file) => file.path === name,
    )?.content_type;
    if (type === undefined) return response.writeHead(404).end();
    response.setHeader('Content-Encoding', 'gzip');
    response.writeHead(200, { 'Content-Type': type }).end(readFileSync(join(this.dist, `${name}.gz`)));
  }
}
