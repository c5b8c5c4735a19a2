import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamState } from './observation';
import type { Pair } from './snapshot';
import { freshestStream, meaningOf, silenceShare, worstStream } from './subscriptions';

const reading = <T>(value: T | null) => ({ value, atMs: 0, via: 'stream' as const });

function pairOf(streams: Record<string, [StreamState | null, number | null]>): Pair {
  const made = Object.entries(streams).map(
    ([name, [state, age]]): [string, Pair['streams'] extends Map<string, infer S> ? S : never] => [
      name,
      { state: reading(state), ageS: reading(age), staleAfterS: reading(10) },
    ],
  );
  return { values: {}, streams: new Map(made) };
}

test('the worst: zombie, refused, healing, suspect, unknown, pending, quiet, live', () => {
  const all: Record<string, [StreamState | null, null]> = {
    a: ['live', null],
    b: ['pending', null],
    c: [null, null],
    d: ['suspect', null],
    e: ['refused', null],
    f: ['zombie', null],
    g: ['healing', null],
    h: ['quiet', null],
  };
  const order: string[] = [];
  while (Object.keys(all).length > 0) {
    const name = worstStream(pairOf(all))?.[0] as string;
    order.push(name);
    delete all[name];
  }
  assert.deepEqual(order, ['f', 'e', 'g', 'd', 'c', 'b', 'h', 'a']);
  assert.equal(worstStream(pairOf({})), undefined);
});

test('the freshest has an age', () => {
  const pair = pairOf({ a: ['live', 5], b: ['live', 2], c: ['refused', null] });
  assert.equal(freshestStream(pair)?.ageS?.value, 2);
  assert.equal(freshestStream(pairOf({ a: ['refused', null] })), undefined);
});

test('share of the silence that is allowed', () => {
  const share = (age: number | null, allowed: number | null) =>
    silenceShare({ ageS: reading(age), staleAfterS: reading(allowed) });
  assert.deepEqual(
    [share(5, 10), share(15, 10), share(null, 10), share(5, null), share(5, 0)],
    [0.5, 1.5, null, null, null],
  );
  assert.equal(silenceShare(undefined), null);
});

test('what a state means, and after which silence somebody is asked', () => {
  assert.equal(meaningOf('live', 4.2), ', a witness is asked after 4.2 s of silence');
  assert.match(meaningOf('zombie', 61), /^ \(dead: .*\), a witness is asked after 1 min 01 s of silence$/);
  assert.match(meaningOf(null, null), /^, a witness is asked after — of silence$/);
});
