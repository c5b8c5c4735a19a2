import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  initialState,
  offlineMs,
  pollMs,
  retryDelayMs,
  silenceMs,
  staleMs,
  step,
  type Action,
  type Mode,
  type TransportEvent,
  type TransportState,
} from './machine';

const server = 1_700_000_000_000; // the server's clock at monotonic 0

// Drives the machine through time; the server's clock runs with it unless a test says otherwise.
class World {
  state: TransportState = initialState(0);
  nowMs = 0;
  clockKnown = true;
  actions: Action[] = [];

  event(event: TransportEvent): this {
    const serverNowMs = this.clockKnown ? server + this.nowMs : null;
    const next = step(this.state, event, { nowMs: this.nowMs, serverNowMs, random: 0 });
    this.state = next.state;
    this.actions.push(...next.actions);
    return this;
  }

  // Passes time with a tick each half second.
  wait(ms: number): this {
    for (let left = ms; left > 0; left -= 500) {
      this.nowMs += Math.min(500, left);
      this.event({ type: 'tick' });
    }
    return this;
  }

  data(lateMs = 0): this {
    return this.event({ type: 'stream_data', serverMs: server + this.nowMs - lateMs });
  }

  metrics(lateMs = 0): this {
    return this.event({ type: 'metrics_ok', serverMs: server + this.nowMs - lateMs });
  }

  // Polls are answered, streams are not.
  waitPolled(ms: number): this {
    for (let left = ms; left > 0; left -= 500) {
      this.wait(500);
      if (this.state.pollInFlight) this.metrics();
      if (this.state.stream === 'connecting') this.event({ type: 'stream_failed' });
    }
    return this;
  }

  // A stream that delivers each second.
  live(ms: number): this {
    for (let left = ms; left > 0; left -= 1_000) this.wait(1_000).data();
    return this;
  }

  // Until the next retry of the stream is on its way.
  untilConnecting(): this {
    for (let left = 120; left > 0 && this.state.stream !== 'connecting'; left--) this.wait(500);
    return this;
  }

  took(): Action[] {
    const taken = this.actions;
    this.actions = [];
    return taken;
  }

  mode(mode: Mode): this {
    assert.equal(this.state.mode, mode);
    return this;
  }
}

const booted = () => new World().event({ type: 'start' }).metrics();
const live = () => booted().event({ type: 'stream_open' }).data();
const polling = () => booted().event({ type: 'stream_failed' });

test('BOOT: metrics first, then the stream, then LIVE', () => {
  const world = new World().event({ type: 'start' }).mode('BOOT');
  assert.deepEqual(world.took(), ['fetch_metrics']);
  world.wait(300).metrics().mode('BOOT');
  assert.deepEqual(world.took(), ['open_stream']);
  world.event({ type: 'stream_open' }).mode('BOOT').data().mode('LIVE');
  assert.deepEqual(world.took(), []);
});

test('BOOT: the stream is tried though metrics fail', () => {
  const world = new World().event({ type: 'start' }).event({ type: 'metrics_failed' }).mode('BOOT');
  assert.deepEqual(world.took(), ['fetch_metrics', 'open_stream']);
  world.event({ type: 'stream_open' }).data().mode('LIVE');
});

test('BOOT → POLLING when the stream fails', () => {
  const world = polling().mode('POLLING');
  assert.equal(world.state.failures, 1);
});

test('BOOT → POLLING when the stream does not answer within 5 s', () => {
  booted().wait(5_000).mode('BOOT').wait(500).mode('POLLING');
});

test('BOOT → STALE after 30 s without any answer, → OFFLINE after 60 s', () => {
  const world = new World().event({ type: 'start' }).event({ type: 'metrics_failed' });
  world.wait(staleMs).mode('BOOT').wait(500).mode('STALE');
  world
    .wait(offlineMs - staleMs - 500)
    .mode('STALE')
    .wait(500)
    .mode('OFFLINE');
});

test('LIVE while data is at most 5 s old, without polling', () => {
  const world = live();
  world.took();
  for (let second = 0; second < 60; second++) world.wait(1_000).data().mode('LIVE');
  assert.deepEqual(world.took(), []);
});

test('LIVE → LAGGING when data is older than 5 s though the stream is open, and polls; → LIVE', () => {
  const world = live().live(20_000);
  world.took();
  world.wait(5_000).mode('LIVE').wait(500).mode('LAGGING');
  assert.deepEqual(world.took(), ['fetch_metrics']);
  world.data().mode('LIVE');
});

test('LAGGING: events that come in time but tell of 8 s ago', () => {
  const world = live();
  for (let second = 0; second < 12; second++) world.wait(1_000).data(8_000);
  world.mode('LAGGING').wait(500).data().mode('LIVE');
});

test('LAGGING: heartbeats alone keep the stream open, not LIVE', () => {
  const world = live();
  for (let beat = 0; beat < 5; beat++) world.wait(5_000).event({ type: 'stream_heartbeat' });
  world.mode('LAGGING');
  assert.equal(world.state.stream, 'open');
  assert.ok(!world.took().includes('close_stream'));
});

test('no event for 3 heartbeats: close, poll at once, retry with back-off', () => {
  const world = live();
  world.wait(silenceMs);
  world.took();
  assert.equal(world.state.stream, 'open');
  world.wait(500).mode('POLLING');
  // A poll went out when it began to lag; the next is due now, that one answered or not.
  assert.deepEqual(world.took(), ['close_stream']);
  world.event({ type: 'metrics_failed' });
  assert.deepEqual(world.took(), ['fetch_metrics']);
  world.wait(1_000);
  assert.deepEqual(world.took(), ['open_stream']);
});

test('a stream that opens and says nothing is closed', () => {
  const world = booted().event({ type: 'stream_open' });
  world.took();
  world.waitPolled(silenceMs + 500).mode('POLLING');
  assert.ok(world.took().includes('close_stream'));
});

test('a stream that never answers is closed', () => {
  const world = booted();
  world.took();
  world.wait(silenceMs + 500);
  assert.ok(world.took().includes('close_stream'));
});

test('LIVE → POLLING on a stream error, with a poll at once', () => {
  const world = live().live(3_000);
  world.took();
  world.event({ type: 'stream_failed' }).mode('POLLING');
  assert.deepEqual(world.took(), ['fetch_metrics']);
});

test('POLLING polls every 15 s and retries the stream meanwhile', () => {
  const world = polling();
  world.took();
  world.waitPolled(10 * pollMs).mode('POLLING');
  const taken = world.took();
  assert.equal(taken.filter((action) => action === 'fetch_metrics').length, 10);
  assert.ok(taken.filter((action) => action === 'open_stream').length >= 5);
});

test('POLLING: one request at a time', () => {
  const world = polling();
  world.took();
  world.wait(4 * pollMs);
  assert.equal(world.took().filter((action) => action === 'fetch_metrics').length, 1);
});

test('POLLING → LIVE when the stream returns, and polling stops', () => {
  const world = polling().waitPolled(40_000).untilConnecting().metrics();
  world.event({ type: 'stream_open' }).mode('POLLING').data().mode('LIVE');
  world.took();
  world.live(40_000);
  assert.deepEqual(world.took(), []);
});

test('POLLING → STALE 30 s after the last data, → OFFLINE 60 s after the last word', () => {
  const world = polling();
  world.wait(staleMs).mode('POLLING').wait(500).mode('STALE');
  world.wait(29_500).mode('STALE').wait(500).mode('OFFLINE');
});

test('STALE and OFFLINE go on asking', () => {
  const world = polling();
  world
    .wait(offlineMs + 1_000)
    .mode('OFFLINE')
    .took();
  world.event({ type: 'metrics_failed' });
  assert.deepEqual(world.took(), ['fetch_metrics']);
  for (let round = 0; round < 4; round++) world.event({ type: 'metrics_failed' }).wait(pollMs);
  assert.ok(world.took().filter((action) => action === 'fetch_metrics').length >= 4);
});

test('STALE → POLLING on an answer', () => {
  polling()
    .wait(staleMs + 500)
    .mode('STALE')
    .metrics()
    .mode('POLLING');
});

test('STALE stays when the answer itself is old', () => {
  polling()
    .wait(staleMs + 500)
    .mode('STALE')
    .metrics(31_000)
    .mode('STALE');
});

test('OFFLINE → LIVE when the stream returns', () => {
  const world = polling()
    .wait(offlineMs + 1_000)
    .mode('OFFLINE');
  world.untilConnecting().event({ type: 'stream_open' }).mode('STALE').data().mode('LIVE');
});

test('open but STALE: nothing but heartbeats, and polls fail', () => {
  const world = live();
  for (let beat = 0; beat < 7; beat++) {
    world.wait(5_000).event({ type: 'stream_heartbeat' }).event({ type: 'metrics_failed' });
  }
  world.mode('STALE');
  for (let beat = 0; beat < 10; beat++) world.wait(5_000).event({ type: 'stream_heartbeat' });
  world.mode('STALE');
});

test('the browser says offline: OFFLINE at once; a word from the server disproves it', () => {
  const world = live().event({ type: 'net_offline' }).mode('OFFLINE');
  world.wait(1_000).data().mode('LIVE');
});

test('the browser says online again: ask and connect at once', () => {
  const world = polling().event({ type: 'net_offline' });
  world.event({ type: 'metrics_failed' }).took();
  world.event({ type: 'net_online' }).mode('POLLING');
  assert.deepEqual(world.took(), ['fetch_metrics', 'open_stream']);
});

test('shown again: nothing to do when LIVE, ask at once otherwise', () => {
  const world = live();
  world.took();
  world.event({ type: 'shown' });
  assert.deepEqual(world.took(), []);
  const behind = polling().metrics();
  behind.took();
  behind.event({ type: 'shown' });
  assert.deepEqual(behind.took(), ['fetch_metrics', 'open_stream']);
});

test('shown again after hours without a tick: STALE or worse, never LIVE', () => {
  const world = live();
  world.nowMs += 3 * 3600_000;
  world.event({ type: 'shown' }).mode('OFFLINE');
});

test('woke: what was known is of unknown age until data comes', () => {
  const world = live();
  world.took();
  world.event({ type: 'woke' }).mode('STALE');
  assert.deepEqual(world.took(), ['close_stream', 'fetch_metrics', 'open_stream']);
  world.metrics().mode('POLLING').event({ type: 'stream_open' }).data().mode('LIVE');
});

test('the server’s clock was set back by an hour: STALE for one event, then LIVE on its new time', () => {
  const world = live().event({ type: 'clock_set_back' }).mode('STALE');
  world.event({ type: 'stream_data', serverMs: server - 3_600_000 });
  assert.equal(world.state.newestDataMs, server - 3_600_000);
});

test('no clock, no LIVE', () => {
  const world = live();
  world.clockKnown = false;
  world.event({ type: 'tick' }).mode('STALE');
});

test('late events of a closed stream change nothing', () => {
  const world = polling();
  const before = world.state;
  world
    .event({ type: 'stream_heartbeat' })
    .event({ type: 'stream_data', serverMs: server })
    .event({ type: 'stream_open' });
  assert.deepEqual(world.state, before);
});

test('an older replayed event does not make data older', () => {
  const world = live().wait(2_000).data().data(60_000);
  world.mode('LIVE');
  assert.equal(world.state.newestDataMs, server + 2_000);
});

test('a stream that held for 10 s starts its back-off afresh, one that did not does not', () => {
  const flapping = live().wait(1_000).data().event({ type: 'stream_failed' });
  flapping.wait(1_000).event({ type: 'stream_open' }).data().event({ type: 'stream_failed' });
  assert.equal(flapping.state.failures, 2);
  const held = live();
  held.live(12_000);
  held.event({ type: 'stream_failed' });
  assert.equal(held.state.failures, 1);
});

test('back-off: 1 s doubling to 30 s, never less than half of that', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => retryDelayMs(failures, 0));
  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(retryDelayMs(6, 0.999999) >= 15_000, true);
});
