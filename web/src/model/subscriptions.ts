// Of a subscription: how bad its state is, and how much of its allowed silence has passed.

import type { Level } from '../components/StateMark';
import { unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { StreamState, StreamValues, SubscriptionCounts } from './observation';
import type { Pair, Readings } from './snapshot';

export const streamLevels: Record<StreamState, Level> = {
  live: 'ok',
  quiet: 'ok',
  pending: 'pending',
  suspect: 'warn',
  healing: 'warn',
  refused: 'bad',
  zombie: 'bad',
};
const meanings: Record<StreamState, string> = {
  live: '',
  quiet: ' (a witness says that nothing happens)',
  pending: ' (not accepted yet)',
  suspect: ' (silent, and nobody can tell why)',
  healing: ' (being renewed)',
  refused: ' (by the exchange)',
  zombie: ' (dead: the exchange has news that did not come)',
};

// In words what a state means, and when a silence becomes a question; null: that is not known.
export function meaningOf(state: StreamState | null, thresholdS: number | null): string {
  const question = thresholdS === null ? unknown : formatAge(thresholdS * 1000);
  return `${state === null ? '' : meanings[state]}, a witness is asked after ${question} of silence`;
}

// Whose data is missed or never comes, the worst first.
export const unservedStates = ['zombie', 'refused', 'healing', 'suspect'] as const;
const order: readonly (StreamState | null)[] = [...unservedStates, null, 'pending', 'quiet', 'live'];

export function noSubscriptions(): SubscriptionCounts {
  return { live: 0, quiet: 0, pending: 0, suspect: 0, healing: 0, refused: 0, zombie: 0 };
}

export function unservedOf(counts: SubscriptionCounts): number {
  return unservedStates.reduce((sum, state) => sum + counts[state], 0);
}

export function stateOf(stream: Readings<StreamValues>): StreamState | null {
  return stream.state?.value ?? null;
}

// A pair is as well as its worst subscription; one that is not known outweighs those that are well.
export function worstStream(pair: Pair): [name: string, Readings<StreamValues>] | undefined {
  const rank = (stream: Readings<StreamValues>) => order.indexOf(stateOf(stream));
  return [...pair.streams].sort((a, b) => rank(a[1]) - rank(b[1]))[0];
}

// The subscription that spoke last.
export function freshestStream(pair: Pair): Readings<StreamValues> | undefined {
  const age = (stream: Readings<StreamValues>) => stream.ageS?.value ?? Infinity;
  return [...pair.streams.values()].filter((stream) => stream.ageS?.value != null).sort((a, b) => age(a) - age(b))[0];
}

// 0 … 1 and above: the silence so far against what is expected; null when either is unknown.
export function silenceShare(stream: Readings<StreamValues> | undefined): number | null {
  const age = stream?.ageS?.value ?? null;
  const allowed = stream?.staleAfterS?.value ?? null;
  return age === null || allowed === null || allowed <= 0 ? null : age / allowed;
}
