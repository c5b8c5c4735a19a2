// One row for each subscription: the link may be up while one of them is silent.

import { plural, unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { StreamValues } from '../model/observation';
import type { Readings } from '../model/snapshot';
import { restingStatuses } from '../model/chips';
import { streamKey } from '../model/details';
import { meaningOf, stateOf, unservedStates } from '../model/subscriptions';
import { resolvePair } from '../model/pair_name';
import { askedPair } from '../pair';
import { windowMs } from '../model/window';
import { details, history, historyVersion, isOld, serverNow, snapshot } from '../store';
import { Age } from './Age';
import { Cell, StateCell } from './PairTable';
import { Ribbon } from './Ribbon';

const seconds = (value: number) => formatAge(value * 1000);
const heads = ['Pair', 'Stream', 'State', 'Seen by this page', 'Last message', 'Suspect after'];
const leftHeads = 4;

function FeedRow({ pair, name, stream }: { pair: string; name: string; stream: Readings<StreamValues> }) {
  const state = stateOf(stream);
  const threshold = details.value?.value?.thresholdsS.get(streamKey(pair, name)) ?? null;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" title={pair}>
        {pair}
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

function sentence(rows: { pair: string; name: string; stream: Readings<StreamValues> }[]): string {
  if (rows.length === 0) return 'No subscription is known.';
  const { venueStatus } = snapshot.value.values;
  if (venueStatus?.value != null && restingStatuses.has(venueStatus.value) && !isOld(venueStatus)) {
    const word = venueStatus.value.replaceAll('_', ' ');
    return `The exchange says ${word}: silence is no fault meanwhile, and nothing is renewed.`;
  }
  const unserved = unservedStates.flatMap((state) => rows.filter(({ stream }) => stateOf(stream) === state));
  const is = isOld(rows[0]?.stream.state) ? 'was' : 'is';
  const first = unserved[0];
  if (first === undefined)
    return `${plural(rows.length, 'subscription')} of pairs, none ${is === 'was' ? 'was ' : ''}silent or refused.`;
  const others = unserved.length - 1;
  const state = stateOf(first.stream);
  return `${first.pair} ${first.name} ${is} ${state}${others > 0 ? `, and ${plural(others, 'other')}` : ''}.`;
}

export function FeedsTable() {
  historyVersion.value;
  const all = snapshot.value.pairs;
  const chosen = resolvePair(askedPair.value, [...all.keys()]);
  const rows = [...all]
    .filter(([pair]) => chosen === null || pair === chosen)
    .flatMap(([pair, { streams }]) => [...streams].map(([name, stream]) => ({ pair, name, stream })));
  return (
    <section class="panel" aria-labelledby="feeds-title">
      <div class="panel-head">
        <h2 id="feeds-title">Feeds</h2>
        <p>{sentence(rows)}</p>
        <Age of={rows[0]?.stream.state} />
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
                {unknown}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
