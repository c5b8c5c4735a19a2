// What one answer of the server says. A field that is absent cannot be told by this source; null means the source
// says it is unknown. Neither ever becomes a default.

export type BreakerState = 'closed' | 'open' | 'half_open';
export type WsStatus = 'connected' | 'degraded' | 'disconnected';
export type StreamState = (typeof streamStates)[number];

export type LinkState = (typeof linkStates)[number];

export interface VenueConnection {
  name: string;
  state: LinkState | null;
  lastFrameAgeS: number | null;
  successor: LinkState | null | undefined; // that is to replace it; null: there is none; undefined: not known
}

export interface Venue {
  exchange: string;
  status: string | null; // its own word; some venues never say one
  connections: VenueConnection[];
}

export type SubscriptionCounts = Record<StreamState, number>;

export interface Values {
  mode: string | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  latencyOf: string | null; // whose the three are when not of all pairs together: the worst pair's
  trips: number | null;
  lastTripMs: number | null; // Unix ms
  breakerState: BreakerState | null;
  breakerOpenUntilMs: number | null; // Unix ms
  breakerReason: string | null;
  reconnects: number | null;
  tradesPerMin: number | null;
  wsStatus: WsStatus | null;
  venueStatus: string | null;
  venues: Venue[] | null;
  subscriptions: SubscriptionCounts | null;
  uptimeS: number | null;
  lastEventAgeS: number | null;
  lastFrameAgeS: number | null;
  queueDepth: number | null;
  queueCapacity: number | null;
  gapsOpen: number | null;
  completeness: number | null; // today's lowest share of trades that were received, 0 … 1
  booksQuarantined: number | null;
  errorsTotal: number | null;
  memoryBytes: number | null;
  cpuSeconds: number | null;
  cores: number | null;
}

export interface PairValues {
  exchange: string | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  tradesPerMin: number | null;
  messagesPerS: number | null;
  lastPrice: number | null;
  spread: number | null;
}

export interface StreamValues {
  state: StreamState | null;
  ageS: number | null; // since its last message, when the server answered
  staleAfterS: number | null;
}

export interface PairObservation {
  values: Partial<PairValues>;
  streams: Map<string, Partial<StreamValues>>;
}

export type Via = 'stream' | 'poll' | 'api';

export interface Observation {
  atMs: number; // server time, Unix ms
  via: Via;
  values: Partial<Values>;
  pairs: Map<string, PairObservation>;
  pairsComplete: boolean; // a pair that is not listed is gone
}

// Bounds on what a server can make the page hold.
export const maxPairs = 64;
export const maxStreamsPerPair = 16;
export const maxVenues = 8;
export const maxConnections = 32; // of a venue

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | null {
  return allowed.find((candidate) => candidate === value) ?? null;
}

export const streamStates = ['live', 'quiet', 'pending', 'suspect', 'healing', 'refused', 'zombie'] as const;
export const breakerStates = ['closed', 'open', 'half_open'] as const;
export const wsStatuses = ['connected', 'degraded', 'disconnected'] as const;
export const linkStates = ['idle', 'connecting', 'connected', 'waiting', 'stopped'] as const;
