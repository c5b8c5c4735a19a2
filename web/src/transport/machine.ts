// How the page gets its data, as a pure state machine: events and time in, next state and actions out.
// It decides; driver.ts does. Times are monotonic milliseconds of the page, server times Unix milliseconds.
//
//   BOOT ── first stream event ──────────────▶ LIVE ◀── fresh data ──▶ LAGGING (stream open, data older than 5 s)
//     │                                          │ stream fails or is silent for 3 heartbeats
//     └── data, but no stream ──▶ POLLING ◀──────┘   (every 15 s; the stream is retried meanwhile)
//                                    │ no data for 30 s: STALE; no word from the server for 60 s: OFFLINE

export type Mode = 'BOOT' | 'LIVE' | 'LAGGING' | 'POLLING' | 'STALE' | 'OFFLINE';
export type Action = 'fetch_metrics' | 'open_stream' | 'close_stream';

export type TransportEvent =
  | { type: 'start' }
  | { type: 'metrics_ok'; serverMs: number }
  | { type: 'metrics_failed' }
  | { type: 'stream_open' }
  | { type: 'stream_data'; serverMs: number }
  | { type: 'stream_heartbeat' }
  | { type: 'stream_failed' }
  | { type: 'net_online' }
  | { type: 'net_offline' }
  | { type: 'shown' }
  | { type: 'woke' } // the machine slept
  | { type: 'clock_set_back' } // the server's: times known so far mean nothing
  | { type: 'tick' };

export interface Env {
  nowMs: number;
  serverNowMs: number | null; // null: the server's clock is not measured
  random: number; // [0, 1), spreads the retries of many pages
}

export interface TransportState {
  mode: Mode;
  startedMs: number;
  stream: 'closed' | 'connecting' | 'open';
  streamSinceMs: number; // when the present attempt began
  streamData: boolean; // the present stream has delivered data
  lastEventMs: number | null; // last named event on the present stream
  retryAtMs: number | null;
  failures: number; // of the stream, since it last held
  pollInFlight: boolean;
  nextPollMs: number;
  lastContactMs: number; // last time the server said anything
  newestDataMs: number | null; // server time of the newest data
  untimed: boolean; // newestDataMs cannot be compared with the server's clock any more
  claimedOffline: boolean; // the browser said so, and nothing has arrived since
}

export const heartbeatMs = 5_000;
export const silenceMs = 3 * heartbeatMs;
export const laggingMs = 5_000;
export const staleMs = 30_000;
export const offlineMs = 60_000;
export const pollMs = 15_000;
export const retryMaxMs = 30_000;
const retryMinMs = 1_000;
const steadyMs = 10_000;

export function initialState(nowMs: number): TransportState {
  return {
    mode: 'BOOT',
    startedMs: nowMs,
    stream: 'closed',
    streamSinceMs: nowMs,
    streamData: false,
    lastEventMs: null,
    retryAtMs: null,
    failures: 0,
    pollInFlight: false,
    nextPollMs: nowMs,
    lastContactMs: nowMs,
    newestDataMs: null,
    untimed: false,
    claimedOffline: false,
  };
}

// 1, 2, 4 … 30 s, each shortened by up to half.
export function retryDelayMs(failures: number, random: number): number {
  const full = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures - 1, 10));
  return full * (1 - random / 2);
}

// Age of the newest data by the server's clock; null if there is none or it cannot be known.
export function dataAgeMs(state: TransportState, env: Env): number | null {
  if (state.newestDataMs === null || state.untimed || env.serverNowMs === null) return null;
  return env.serverNowMs - state.newestDataMs;
}

function modeOf(state: TransportState, env: Env): Mode {
  if (state.claimedOffline || env.nowMs - state.lastContactMs > offlineMs) return 'OFFLINE';
  if (state.newestDataMs === null) return env.nowMs - state.startedMs > staleMs ? 'STALE' : 'BOOT';
  const age = dataAgeMs(state, env);
  if (age === null || age > staleMs) return 'STALE';
  if (state.stream === 'open' && state.streamData) return age > laggingMs ? 'LAGGING' : 'LIVE';
  const firstTry = state.mode === 'BOOT' && state.failures === 0;
  return firstTry && env.nowMs - state.startedMs <= laggingMs ? 'BOOT' : 'POLLING';
}

function heard(state: TransportState, env: Env): TransportState {
  return { ...state, lastContactMs: env.nowMs, claimedOffline: false };
}

function withData(state: TransportState, serverMs: number): TransportState {
  const newest = state.untimed || state.newestDataMs === null ? serverMs : Math.max(state.newestDataMs, serverMs);
  return { ...state, newestDataMs: newest, untimed: false };
}

function onStreamEvent(state: TransportState, env: Env): TransportState {
  const held = env.nowMs - state.streamSinceMs > steadyMs;
  return { ...heard(state, env), lastEventMs: env.nowMs, failures: held ? 0 : state.failures };
}

function streamFailed(state: TransportState, env: Env): TransportState {
  if (state.stream === 'closed') return state;
  const failures = state.failures + 1;
  return {
    ...state,
    stream: 'closed',
    streamData: false,
    lastEventMs: null,
    failures,
    retryAtMs: env.nowMs + retryDelayMs(failures, env.random),
    // The values shown came by this stream: look at once, so that they do not age. A vain retry changes nothing.
    nextPollMs: state.streamData ? env.nowMs : state.nextPollMs,
  };
}

function tryNow(state: TransportState, env: Env): TransportState {
  const retryAtMs = state.stream === 'closed' ? env.nowMs : state.retryAtMs;
  return { ...state, retryAtMs, nextPollMs: env.nowMs };
}

function apply(state: TransportState, event: TransportEvent, env: Env, actions: Action[]): TransportState {
  switch (event.type) {
    case 'metrics_ok':
    case 'metrics_failed': {
      const opens = state.stream === 'closed' && state.retryAtMs === null ? env.nowMs : state.retryAtMs;
      const next = { ...state, pollInFlight: false, retryAtMs: opens };
      return event.type === 'metrics_ok' ? withData(heard(next, env), event.serverMs) : next;
    }
    case 'stream_open':
      return state.stream === 'connecting' ? { ...heard(state, env), stream: 'open' } : state;
    case 'stream_data':
      if (state.stream !== 'open') return state;
      return { ...withData(onStreamEvent(state, env), event.serverMs), streamData: true };
    case 'stream_heartbeat':
      return state.stream === 'open' ? onStreamEvent(state, env) : state;
    case 'stream_failed':
      return streamFailed(state, env);
    case 'net_offline':
      return { ...state, claimedOffline: true };
    case 'net_online':
      return tryNow({ ...state, claimedOffline: false }, env);
    case 'shown':
      return modeOf(state, env) === 'LIVE' ? state : tryNow(state, env);
    case 'woke': {
      if (state.stream !== 'closed') actions.push('close_stream');
      const closed = { ...streamFailed(state, env), untimed: true, failures: 0 };
      return tryNow(closed, env);
    }
    case 'clock_set_back':
      return { ...state, untimed: true };
    case 'start':
    case 'tick':
      return state;
  }
}

// What is due now, whatever the event was.
function due(state: TransportState, env: Env, actions: Action[]): TransportState {
  let next = state;
  const quietSince = next.lastEventMs ?? next.streamSinceMs;
  if (next.stream !== 'closed' && env.nowMs - quietSince > silenceMs) {
    actions.push('close_stream');
    next = streamFailed(next, env);
  }
  next = { ...next, mode: modeOf(next, env) };
  if (next.mode !== 'LIVE' && !next.pollInFlight && env.nowMs >= next.nextPollMs) {
    actions.push('fetch_metrics');
    next = { ...next, pollInFlight: true, nextPollMs: env.nowMs + pollMs };
  }
  if (next.stream === 'closed' && next.retryAtMs !== null && env.nowMs >= next.retryAtMs) {
    actions.push('open_stream');
    next = { ...next, stream: 'connecting', streamSinceMs: env.nowMs, retryAtMs: null };
  }
  return next;
}

export function step(
  state: TransportState,
  event: TransportEvent,
  env: Env,
): { state: TransportState; actions: Action[] } {
  const actions: Action[] = [];
  return { state: due(apply(state, event, env, actions), env, actions), actions };
}
