// Carries out what the state machine decides: requests, the event stream, timers. No decisions here.

import type { Observation } from '../model/observation';
import { observationFromEvent, stampOf } from '../model/from_event';
import { observationFromMetrics } from '../model/from_metrics';
import { observationFromPoll } from '../model/from_poll';
import { parseExposition } from '../prometheus/parse';
import { ServerClock } from './clock';
import { initialState, step, type Env, type TransportEvent, type TransportState } from './machine';
import { EventStreamParser, type ServerEvent } from './sse_parse';

export const tickMs = 500;
const requestTimeoutMs = 10_000;
// A stamp this much older than the one before it on the same stream: the server's clock was set back.
const setBackMs = 1_000;
// The wall clock ran this much further than the monotonic one: the machine slept.
const sleptMs = 5_000;

export interface Sink {
  observed(seen: Observation): void;
  changed(state: TransportState): void;
  clockSetBack(): void;
  connected(): void; // the stream is open: facts that only change with the process may have changed
}

export class Driver {
  readonly clock = new ServerClock();
  private state: TransportState;
  private stream: AbortController | null = null;
  private lastEventId: string | null = null;
  private lastStampMs: number | null = null;
  private wallMinusMonotonic = Date.now() - performance.now();

  constructor(private readonly sink: Sink) {
    this.state = initialState(performance.now());
  }

  start(): void {
    addEventListener('online', () => this.dispatch({ type: 'net_online' }));
    addEventListener('offline', () => this.dispatch({ type: 'net_offline' }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.dispatch({ type: 'shown' });
    });
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.dispatch({ type: 'woke' });
    });
    setInterval(() => this.tick(), tickMs);
    this.dispatch({ type: 'start' });
  }

  private tick(): void {
    const difference = Date.now() - performance.now();
    const jump = difference - this.wallMinusMonotonic;
    this.wallMinusMonotonic = difference;
    if (jump > sleptMs) this.clock.forget();
    this.dispatch({ type: jump > sleptMs ? 'woke' : 'tick' });
  }

  private dispatch(event: TransportEvent): void {
    const nowMs = performance.now();
    const env: Env = { nowMs, serverNowMs: this.clock.now(nowMs), random: Math.random() };
    const next = step(this.state, event, env);
    this.state = next.state;
    this.sink.changed(this.state);
    for (const action of next.actions) {
      if (action === 'fetch_metrics') void this.fetchMetrics();
      if (action === 'open_stream') void this.openStream();
      if (action === 'close_stream') this.closeStream();
    }
  }

  private setBack(): void {
    this.clock.forget();
    this.sink.clockSetBack();
    this.dispatch({ type: 'clock_set_back' });
  }

  private readDate(response: Response, sentMs: number): number | null {
    const dateMs = Date.parse(response.headers.get('Date') ?? '');
    if (Number.isNaN(dateMs)) return null;
    const arrivedMs = performance.now();
    if (this.clock.onDate(dateMs, sentMs, arrivedMs)) {
      this.sink.clockSetBack();
      this.dispatch({ type: 'clock_set_back' });
    }
    return dateMs;
  }

  private async fetchMetrics(): Promise<void> {
    const [scrape, snapshot] = await Promise.all([this.askScrape(), this.askSnapshot()]);
    const seen = observationFromPoll(scrape, snapshot);
    if (seen === null) return this.dispatch({ type: 'metrics_failed' });
    this.sink.observed(seen);
    this.dispatch({ type: 'metrics_ok', serverMs: seen.atMs });
  }

  private async ask(path: string, accept: string): Promise<{ text: string; atMs: number } | null> {
    const sentMs = performance.now();
    try {
      const response = await fetch(path, {
        cache: 'no-store',
        headers: { Accept: accept },
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      if (!response.ok) return null;
      const atMs = this.readDate(response, sentMs);
      const text = await response.text();
      // Values whose age nobody can know are not shown.
      return atMs === null ? null : { text, atMs };
    } catch {
      return null;
    }
  }

  private async askScrape(): Promise<Observation | null> {
    const answer = await this.ask('/metrics', 'text/plain;version=0.0.4');
    if (answer === null) return null;
    const { samples } = parseExposition(answer.text);
    return samples.length === 0 ? null : observationFromMetrics(samples, answer.atMs);
  }

  private async askSnapshot(): Promise<Observation | null> {
    const answer = await this.ask('/api/v1/snapshot', 'application/json');
    return answer === null ? null : observationFromEvent(answer.text);
  }

  private closeStream(): void {
    const stream = this.stream;
    this.stream = null;
    stream?.abort();
  }

  private async openStream(): Promise<void> {
    const mine = new AbortController();
    this.stream = mine;
    this.lastStampMs = null;
    try {
      await this.readStream(mine);
    } catch {
      // Refused, cut or garbled: all end the same way.
    }
    if (this.stream !== mine) return;
    this.closeStream();
    this.dispatch({ type: 'stream_failed' });
  }

  private async readStream(mine: AbortController): Promise<void> {
    const sentMs = performance.now();
    const response = await fetch('/sse/metrics', {
      cache: 'no-store',
      headers: {
        Accept: 'text/event-stream',
        ...(this.lastEventId === null ? {} : { 'Last-Event-ID': this.lastEventId }),
      },
      signal: mine.signal,
    });
    const type = response.headers.get('Content-Type') ?? '';
    if (!response.ok || response.body === null || !type.startsWith('text/event-stream')) return;
    this.readDate(response, sentMs);
    this.dispatch({ type: 'stream_open' });
    this.sink.connected();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.stream !== mine) return;
      for (const event of parser.push(decoder.decode(value, { stream: true }))) this.onEvent(event);
    }
  }

  private onEvent(event: ServerEvent): void {
    if (event.event !== 'kraken_metrics' && event.event !== 'heartbeat') return;
    if (event.id !== null && event.id.length <= 256) this.lastEventId = event.id;
    const stampMs = stampOf(event.data);
    if (stampMs === null) return;
    if (this.lastStampMs !== null && stampMs < this.lastStampMs - setBackMs) this.setBack();
    this.lastStampMs = stampMs;
    this.clock.onStamp(stampMs, performance.now());
    if (event.event === 'heartbeat') return this.dispatch({ type: 'stream_heartbeat' });
    const seen = observationFromEvent(event.data);
    if (seen === null) return;
    this.sink.observed(seen);
    this.dispatch({ type: 'stream_data', serverMs: seen.atMs });
  }
}
