// What is missing, in words. Pure: readings of the stream and the details of the API in, sentences out.

import type { Level } from '../components/StateMark';
import { formatNumber, formatShare, plural, unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { Snapshot } from './snapshot';
import { venueName } from './venues';
import type { BookState, DayOfTrades, Details, Gap, GapState } from './details';

export const gapLevels: Record<GapState, Level> = {
  open: 'warn',
  filling: 'pending',
  filled: 'ok',
  unrecoverable: 'bad',
};

const causes: Record<string, string> = {
  disconnect: 'connection lost',
  missing: 'left out by the stream',
  checksum: 'checksum failed',
  sequence: 'update left out',
  crossed: 'bid above ask',
};

const shownGaps = 8;

function isOpen(gap: Gap): boolean {
  return gap.state === 'open' || gap.state === 'filling';
}

// Those that are open, then those that closed last.
export function gapRows(gaps: readonly Gap[]): Gap[] {
  const closed = gaps.filter((gap) => !isOpen(gap)).sort((a, b) => (b.closedMs ?? 0) - (a.closedMs ?? 0));
  return [...gaps.filter(isOpen), ...closed].slice(0, shownGaps);
}

export function causeOf(gap: Gap): string {
  if (gap.cause === null) return unknown;
  return Object.hasOwn(causes, gap.cause) ? (causes[gap.cause] as string) : gap.cause;
}

// "trades 100–109", "book", "connection main"
export function whatOf(gap: Gap): string {
  if (gap.channel === null) return gap.connection === null ? unknown : `connection ${gap.connection}`;
  if (gap.from === null || gap.to === null) return gap.channel;
  const name = gap.channel === 'book' ? 'book update' : gap.channel.replaceAll('_', ' ');
  return gap.from === gap.to ? `${name} ${gap.from}` : `${name}s ${gap.from}–${gap.to}`;
}

// How it ended, or how it stands.
export function endOf(gap: Gap, nowMs: number | null): string {
  if (gap.state === null) return unknown;
  if (isOpen(gap)) {
    const age = nowMs === null || gap.openedMs === null ? unknown : formatAge(nowMs - gap.openedMs);
    return gap.missing === null ? `since ${age}` : `since ${age}, ${formatNumber(gap.missing)} missing`;
  }
  if (gap.state === 'unrecoverable') return `${formatNumber(gap.lost)} lost: ${gap.reason ?? 'for no known reason'}`;
  const took = gap.closedMs === null || gap.openedMs === null ? unknown : formatAge(gap.closedMs - gap.openedMs);
  return `filled after ${took}`;
}

// Markets that had trades on the UTC day of nowMs, the least complete first.
export function marketsToday(days: readonly DayOfTrades[], nowMs: number): DayOfTrades[] {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return days
    .filter(({ day, ratio }) => day === today && ratio !== null)
    .sort((a, b) => (a.ratio as number) - (b.ratio as number));
}

// Where several exchanges take part each market is named with its own.
function marketOf(market: { symbol: string | null; exchange: string | null }, several: boolean): string {
  const { symbol, exchange } = market;
  return several && exchange !== null ? `${symbol ?? unknown} ${venueName(exchange)}` : (symbol ?? unknown);
}

function areSeveral(markets: readonly { exchange: string | null }[]): boolean {
  return new Set(markets.map(({ exchange }) => exchange)).size > 1;
}

const known = ({ received, missing }: DayOfTrades) => (received ?? NaN) + (missing ?? NaN);

export function completenessNote(details: Details | null, nowMs: number | null): string {
  if (details === null || nowMs === null) return 'of today’s trades, UTC';
  const markets = marketsToday(details.days, nowMs);
  const lowest = markets[0];
  if (lowest === undefined) return 'no trade is known of today, UTC';
  if (lowest.ratio === 1) {
    const all = markets.reduce((sum, day) => sum + known(day), 0);
    return `none of ${formatNumber(all)} trades missing`;
  }
  const worst = marketOf(lowest, areSeveral(details.days));
  return `${formatNumber(lowest.missing)} of ${formatNumber(known(lowest))} missing, ${worst}`;
}

export function gapsNote(details: Details | null): string {
  if (details === null) return `trades missing ${unknown}`;
  const missing = details.gaps.filter(isOpen).reduce((sum, gap) => sum + (gap.missing ?? 0), 0);
  return `${plural(missing, 'trade')} missing now`;
}

export function booksNote(details: Details | null): string {
  if (details === null) return `books ${unknown}`;
  const of = (state: BookState) => details.books.filter((book) => book.state === state);
  const several = areSeveral(details.books);
  const bad = of('quarantined').map((book) => marketOf(book, several));
  if (bad.length > 0) return bad.join(', ');
  const waiting = of('waiting').length;
  return details.books.length === 0
    ? 'no book is followed'
    : `${formatNumber(of('valid').length)} valid${waiting > 0 ? `, ${formatNumber(waiting)} waiting` : ''}`;
}

export interface Losses {
  gapsOpen: number | null;
  completeness: number | null;
  booksQuarantined: number | null;
}

export function lossesOf({ values }: Snapshot): Losses {
  return {
    gapsOpen: values.gapsOpen?.value ?? null,
    completeness: values.completeness?.value ?? null,
    booksQuarantined: values.booksQuarantined?.value ?? null,
  };
}

// The conclusion first, as a sentence.
export function lossesSentence({ gapsOpen, completeness, booksQuarantined }: Losses): string {
  if (gapsOpen === null) return 'It is not known what is missing.';
  const bad: string[] = [];
  if (gapsOpen > 0) bad.push(`${plural(gapsOpen, 'gap')} open`);
  if (booksQuarantined !== null && booksQuarantined > 0) bad.push(`${plural(booksQuarantined, 'book')} in quarantine`);
  if (bad.length > 0) return `${bad.join(', ')}.`;
  if (completeness === null) return 'No gap is open; of today no trade is known yet.';
  if (completeness < 1) {
    return `No gap is open, but only ${formatShare(completeness)} % of a market’s trades of today have come.`;
  }
  return 'No gap is open; of every market each trade of today that is known of has come.';
}
