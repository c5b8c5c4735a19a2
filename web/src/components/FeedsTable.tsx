// One row for each subscription: the link may be up while one of them is silent.

import { useState } from 'preact/hooks';
import { plural, unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { StreamValues } from '../model/observation';
import type { Readings } from '../model/snapshot';
import { streamKey } from '../model/details';
import { meaningOf, stateOf, unservedStates } from '../model/subscriptions';
import { resolvePair } from '../model/pair_name';
import { restSentence, rests, symbolOf } from '../model/venues';
import { askedPair } from '../pair';
import { windowMs } from '../model/window';
import { details, history, historyVersion, isOld, serverNow, snapshot } from '../store';
import { Age } from './Age';
import { ConnectionsTable } from './ConnectionsTable';
import { MarketName, marketText } from './MarketName';
import { Cell, StateCell } from './PairTable';
import { Ribbon } from './Ribbon';

const seconds = (value: number) => formatAge(value * 1000);
const heads = ['Pair', 'Stream', 'State', 'Seen by this page', 'Last message', 'Suspect after'];
const leftHeads = 4;

const longRows = 32; // more than these may be cut to those that need a look

interface Row {
  pair: string;
  exchange: string | null;
  name: string;
  stream: Readings<StreamValues>;
}

function FeedRow({ pair, exchange, name, stream }: Row) {
  const state = stateOf(stream);
  const threshold = details.value?.value?.thresholdsS.get(streamKey(pair, name)) ?? null;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" title={marketText(pair)}>
        <MarketName symbol={symbolOf(pair, exchange)} exchange={exchange} />
      </th>
      <td role="cell" data-name="Stream" class="left" title={name}>
        {name}
      </td>
      <StateCell of={stream.state} state={state} stream={name} meaning={meaningOf(state, threshold)} />
      <td role="cell" data-name="Seen by this page" class="left ribbon-cell">
        <Ribbon pair={pair} stream={name} />
      </td>
      <Cell name="Last message" of={stream.ageS} show={seconds} />
      <Cell name="Suspect after" of={stream.staleAfterS} show={seconds} lasting />
    </tr>
  );
}

// Of the venues whose rows these are; those whose status is too old say nothing any more.
function restingOf(rows: readonly Row[]) {
  const { venues, venueStatus } = snapshot.value.values;
  if (venues?.value == null) {
    const status = venueStatus?.value ?? null;
    return isOld(venueStatus) || !rests(status) ? [] : [{ exchange: 'The exchange', status, connections: [] }];
  }
  const mine = new Set(rows.map(({ exchange }) => exchange));
  return isOld(venues) ? [] : venues.value.filter(({ exchange, status }) => rests(status) && mine.has(exchange));
}

function sentence(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No subscription is known.';
  const resting = restingOf(rows);
  const rest = restSentence(resting);
  // While only the word of all venues together is known, it may be any row's.
  const names = resting.map(({ exchange }) => exchange);
  const awake = snapshot.value.values.venues?.value == null && rest !== null
    ? []
    : rows.filter(({ exchange }) => exchange === null || !names.includes(exchange));
  const others = awake.length === 0 ? '' : servedSentence(awake, rest !== null);
  return [rest, others].filter((part) => part !== null && part !== '').join(' ');
}

function servedSentence(rows: readonly Row[], elsewhere: boolean): string {
  const unserved = unservedStates.flatMap((state) => rows.filter(({ stream }) => stateOf(stream) === state));
  const old = isOld(rows[0]?.stream.state);
  const first = unserved[0];
  if (first === undefined) {
    const where = elsewhere ? 'elsewhere' : 'of pairs';
    return `${plural(rows.length, 'subscription')} ${where}, none ${old ? 'was ' : ''}silent or refused.`;
  }
  const others = unserved.length - 1;
  const market = `${marketText(first.pair)} ${first.name}`;
  const more = others > 0 ? `, and ${plural(others, 'other')}` : '';
  return `${market} ${old ? 'was' : 'is'} ${stateOf(first.stream)}${more}.`;
}

function isWell({ stream }: Row): boolean {
  const state = stateOf(stream);
  return state === 'live' || state === 'quiet';
}

export function FeedsTable() {
  historyVersion.value;
  const [cut, setCut] = useState(false);
  const all = snapshot.value.pairs;
  const chosen = resolvePair(askedPair.value, [...all.keys()]);
  const every: Row[] = [...all]
    .filter(([pair]) => chosen === null || pair === chosen)
    .flatMap(([pair, { streams, values }]) => {
      const exchange = values.exchange?.value ?? null;
      return [...streams].map(([name, stream]) => ({ pair, exchange, name, stream }));
    });
  const long = every.length > longRows;
  const rows = long && cut ? every.filter((row) => !isWell(row)) : every;
  const hidden = every.length - rows.length;
  return (
    <section class="panel" aria-labelledby="feeds-title">
      <div class="panel-head">
        <h2 id="feeds-title">Feeds</h2>
        <p>{sentence(every)}</p>
        <Age of={every[0]?.stream.state} />
      </div>
      <ConnectionsTable />
      <div class="rows-head subscriptions-head">
        <h3>Subscriptions</h3>
        {long && (
          <button type="button" class="quiet-button" aria-pressed={cut} onClick={() => setCut(!cut)}>
            {cut ? `Show all ${every.length}` : 'Hide those that are well'}
          </button>
        )}
      </div>
      <table role="table" class="cards feeds" aria-label="Subscriptions">
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((name, index) => (
              <th role="columnheader" scope="col" key={name} class={index < leftHeads ? 'left' : ''}>
                {name}
                {index === 3 &&
                  `, last ${formatAge(windowMs(history.points, serverNow.peek() ?? 0)).replace(' 00 s', '')}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <FeedRow key={`${row.pair} ${row.name}`} {...row} />
          ))}
          {rows.length === 0 && (
            <tr role="row" class="none">
              <td role="cell" colSpan={heads.length} class="left">
                {hidden === 0 ? unknown : `${plural(hidden, 'subscription')} live or quiet, no other`}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
