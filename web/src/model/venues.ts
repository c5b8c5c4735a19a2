// The exchanges: what each says of its trading engine, and the connections to it.

import type { Level } from '../components/StateMark';
import { unknown } from '../format/number';
import type { LinkState, Venue, VenueConnection } from './observation';

const names: Record<string, string> = { kraken: 'Kraken', binance: 'Binance', binance_us: 'Binance.US' };

export function venueName(exchange: string): string {
  return Object.hasOwn(names, exchange) ? (names[exchange] as string) : exchange;
}

// "Kraken", "Kraken and Binance", "A, B and C"; "Exchange" while none is known.
export function venueNames(exchanges: readonly string[]): string {
  const all = exchanges.map(venueName);
  if (all.length === 0) return 'Exchange';
  return all.length === 1 ? (all[0] as string) : `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}`;
}

// Where two exchanges have a pair each is a market of its own, "BTC-USDT kraken", as the event stream names it.
export function marketNames(
  markets: Iterable<readonly [symbol: string, exchange: string]>,
): (symbol: string, exchange: string) => string {
  const exchanges = new Map<string, Set<string>>();
  for (const [symbol, exchange] of markets) {
    exchanges.set(symbol, (exchanges.get(symbol) ?? new Set()).add(exchange));
  }
  return (symbol, exchange) => ((exchanges.get(symbol)?.size ?? 0) > 1 ? `${symbol} ${exchange}` : symbol);
}

// The pair without the exchange that its name may end with.
export function symbolOf(market: string, exchange: string | null): string {
  return exchange !== null && market.endsWith(` ${exchange}`) ? market.slice(0, -exchange.length - 1) : market;
}

// In these the venue's trading engine rests, and the engine calls nothing of it dead.
const restingStatuses: ReadonlySet<string> = new Set(['cancel_only', 'post_only', 'maintenance']);

export function rests(status: string | null): boolean {
  return status !== null && restingStatuses.has(status);
}

export function statusWord(status: string): string {
  return status.replaceAll('_', ' ');
}

// "Kraken says maintenance: …"; null: none of them rests.
export function restSentence(venues: readonly Venue[]): string | null {
  const resting = venues.filter(({ status }) => rests(status));
  if (resting.length === 0) return null;
  const says = resting.map(({ exchange, status }) => `${venueName(exchange)} says ${statusWord(status as string)}`);
  return `${says.join(', ')}: silence there is no fault meanwhile, and nothing is renewed.`;
}

export interface Mark {
  level: Level;
  word: string;
}

const linkLevels: Record<LinkState, Level> = {
  idle: 'off',
  connecting: 'pending',
  connected: 'ok',
  waiting: 'warn',
  stopped: 'off',
};

function known(mark: Mark, old: boolean): Mark {
  return old ? { level: 'unknown', word: `was ${mark.word}` } : mark;
}

export function linkMark({ state }: VenueConnection, old: boolean): Mark {
  if (state === null) return { level: 'unknown', word: unknown };
  return known({ level: linkLevels[state], word: state }, old);
}

// A connection is replaced while it works: how far its successor is.
const successorMarks: Record<LinkState, Mark> = {
  idle: { level: 'pending', word: 'rotating: successor about to connect' },
  connecting: { level: 'pending', word: 'rotating: successor connecting' },
  connected: { level: 'ok', word: 'rotating: successor connected, both run' },
  waiting: { level: 'warn', word: 'rotating: successor waits to try again' },
  stopped: { level: 'warn', word: 'rotating: successor stopped' },
};

export function successorMark({ successor }: VenueConnection, old: boolean): Mark {
  if (successor === undefined) return { level: 'unknown', word: unknown };
  if (successor === null) return { level: 'off', word: 'none' };
  return known(successorMarks[successor], old);
}

export interface Rotating {
  exchange: string;
  connection: string;
}

export function rotatingOf(venues: readonly Venue[]): Rotating[] {
  return venues.flatMap(({ exchange, connections }) =>
    connections
      .filter(({ successor }) => successor != null)
      .map(({ name }) => ({ exchange, connection: name })),
  );
}
