// The status strip's chips: what each says, and how bad it is. Pure: readings and states in, words out.

import type { Level } from '../components/StateMark';
import { formatNumber, formatShare, plural, unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { Mode, TransportState } from '../transport/machine';
import { pollMs } from '../transport/machine';
import type { BreakerState, SubscriptionCounts, Venue } from './observation';
import { lossesOf, type Losses } from './losses';
import { isOldAt, type Reading, type Snapshot } from './snapshot';
import { unservedOf, unservedStates } from './subscriptions';
import { rests, statusWord, venueName } from './venues';

export interface Chip {
  level: Level;
  word: string;
  fact: string;
}

const unknownChip: Chip = { level: 'unknown', word: unknown, fact: 'not known' };

// A state seen too long ago is not a state any more.
export function was(chip: Chip, old: boolean): Chip {
  return old && chip.level !== 'unknown' ? { level: 'unknown', word: `was ${chip.word}`, fact: chip.fact } : chip;
}

export const transportLevels: Record<Mode, Level> = {
  BOOT: 'unknown',
  LIVE: 'ok',
  LAGGING: 'warn',
  POLLING: 'warn',
  STALE: 'bad',
  OFFLINE: 'bad',
};

export function transportChip(state: TransportState, pageNowMs: number, dataAgeMs: number | null): Chip {
  const level = transportLevels[state.mode];
  const nextS = Math.max(0, Math.ceil((state.nextPollMs - pageNowMs) / 1000));
  const next = state.pollInFlight ? 'asking now' : `next in ${nextS} s`;
  const age = dataAgeMs === null ? 'no data yet' : `no data for ${formatAge(dataAgeMs)}`;
  switch (state.mode) {
    case 'BOOT':
      return { level, word: 'CONNECTING', fact: '' };
    case 'LIVE':
      return { level, word: 'LIVE', fact: 'event stream' };
    case 'LAGGING':
      return { level, word: 'LAGGING', fact: `data ${formatAge(dataAgeMs)} late` };
    case 'POLLING':
      return { level, word: `POLLING ${pollMs / 1000} s`, fact: next };
    case 'STALE':
      return { level, word: 'STALE', fact: age };
    case 'OFFLINE':
      return { level, word: 'OFFLINE', fact: state.claimedOffline ? 'this device is offline' : age };
  }
}

// Kraken's four states of its trading engine, in its own words; any other word of the venue is shown as it is.
const venueLevels: Record<string, Level> = {
  online: 'ok',
  cancel_only: 'warn',
  post_only: 'warn',
  limit_only: 'warn',
  maintenance: 'bad',
};

export function exchangeChip(status: string | null): Chip {
  if (status === null) return unknownChip;
  const level = venueLevels[status] ?? 'warn';
  return { level, word: statusWord(status), fact: rests(status) ? 'silence is no fault' : 'trading engine' };
}

// Of several the worst status, and whose it is; what others say beside it, where it is another.
export function exchangesChip(venues: readonly Venue[]): Chip {
  const chips = venues.map(({ exchange, status }) => {
    return { name: venueName(exchange), status, chip: exchangeChip(status) };
  });
  const said = chips.filter(({ status }) => status !== null);
  const level = worst(said.map(({ chip }) => chip.level));
  const status = said.find(({ chip }) => chip.level === level)?.status ?? null;
  if (status === null) return { ...unknownChip, fact: 'none of them says' };
  const same = chips.filter((one) => one.status === status).map(({ name }) => name);
  const others = said.filter((one) => one.status !== status).map((one) => `${one.name} ${one.chip.word}`);
  const silent = chips.filter((one) => one.status === null && level === 'ok').map(({ name }) => `${name} does not say`);
  return { level, word: statusWord(status), fact: [same.join(' and '), ...others, ...silent].join('; ') };
}

export function feedsChip(counts: SubscriptionCounts | null): Chip {
  if (counts === null) return unknownChip;
  const served = counts.live + counts.quiet;
  const level: Level = unservedOf(counts) > 0 ? 'warn' : counts.pending > 0 ? 'pending' : served > 0 ? 'ok' : 'off';
  const parts = ([...unservedStates, 'pending', 'quiet'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${formatNumber(counts[state])} ${state}`);
  return { level, word: `${formatNumber(counts.live)} live`, fact: parts.join(', ') || '0 silent, 0 refused' };
}

export function breakerChip(state: BreakerState | null, trips: number | null): Chip {
  const fact = trips === null ? 'trips —' : `${formatNumber(trips)} ${trips === 1 ? 'trip' : 'trips'}`;
  if (state === null) return { ...unknownChip, fact };
  if (state === 'closed') return { level: 'ok', word: 'closed', fact };
  return state === 'open' ? { level: 'bad', word: 'OPEN', fact } : { level: 'warn', word: 'half-open', fact };
}

export function gapsChip({ gapsOpen, completeness, booksQuarantined }: Losses): Chip {
  if (gapsOpen === null) return unknownChip;
  const books = booksQuarantined ?? 0;
  const word = gapsOpen === 0 ? 'none open' : `${formatNumber(gapsOpen)} open`;
  const share = `${formatShare(completeness)}${completeness === null ? '' : ' %'} today`;
  const fact = books === 0 ? share : `${plural(books, 'book')} in quarantine`;
  return { level: gapsOpen + books > 0 ? 'warn' : 'ok', word, fact };
}

const order: readonly Level[] = ['off', 'ok', 'unknown', 'pending', 'warn', 'bad'];

export function worst(levels: readonly Level[]): Level {
  return levels.reduce((bad, level) => (order.indexOf(level) > order.indexOf(bad) ? level : bad), 'off');
}

export interface NamedChip {
  name: string;
  chip: Chip;
  of: Reading<unknown> | undefined; // what it rests on, for its age
}

interface View {
  snapshot: Snapshot;
  transport: TransportState;
  serverNowMs: number | null;
  pageNowMs: number;
}

export function chipsOf({ snapshot, transport, serverNowMs, pageNowMs }: View): NamedChip[] {
  const { venueStatus, venues, subscriptions, breakerState, trips, gapsOpen } = snapshot.values;
  const newestMs = transport.newestDataMs;
  const dataAgeMs = newestMs === null || serverNowMs === null ? null : serverNowMs - newestMs;
  const data: Reading<string> | undefined =
    newestMs === null ? undefined : { value: '', atMs: newestMs, via: transport.streamData ? 'stream' : 'poll' };
  const named = (name: string, chip: Chip, of: Reading<unknown> | undefined): NamedChip => {
    return { name, chip: was(chip, isOldAt(of, serverNowMs)), of };
  };
  // A scrape knows only the news of all together: it may be the newer.
  const several = (venues?.value?.length ?? 0) > 1 && (venues?.atMs ?? 0) >= (venueStatus?.atMs ?? 0);
  return [
    { name: 'Transport', chip: transportChip(transport, pageNowMs, dataAgeMs), of: data },
    several
      ? named('Exchanges', exchangesChip(venues?.value ?? []), venues)
      : named('Exchange', exchangeChip(venueStatus?.value ?? null), venueStatus),
    named('Feeds', feedsChip(subscriptions?.value ?? null), subscriptions),
    named('Gaps', gapsChip(lossesOf(snapshot)), gapsOpen),
    named('Breaker', breakerChip(breakerState?.value ?? null, trips?.value ?? null), breakerState),
  ];
}
