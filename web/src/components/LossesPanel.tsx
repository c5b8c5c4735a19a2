// What is missing of what the exchanges sent, and what became of it.

import { formatNumber, formatShare, unknown } from '../format/number';
import { formatClock } from '../format/time';
import type { Gap } from '../model/details';
import {
  booksNote,
  causeOf,
  completenessNote,
  endOf,
  gapLevels,
  gapRows,
  gapsNote,
  lossesOf,
  lossesSentence,
  whatOf,
} from '../model/losses';
import { details, isOld, serverNow, snapshot } from '../store';
import { Age, readingTitle } from './Age';
import { MarketName } from './MarketName';
import { State } from './StateMark';
import { Tile } from './Tile';
import type { Part } from './Value';

const heads = ['Opened, UTC', 'Pair', 'What', 'Cause', 'State', 'How it stands'];
const count = (value: number): Part[] => [[formatNumber(value), '']];

function GapRow({ gap, old }: { gap: Gap; old: boolean }) {
  const known = gap.state !== null && !old;
  const word = gap.state === null ? unknown : old ? `was ${gap.state}` : gap.state;
  const end = endOf(gap, serverNow.value);
  const title = `gap ${gap.id}, ${readingTitle(details.value)}`;
  return (
    <tr role="row" title={title}>
      <td role="cell" data-name="Opened, UTC" class="left">
        {formatClock(gap.openedMs)}
      </td>
      <th role="rowheader" scope="row" class="left" title={gap.exchange ?? unknown}>
        <MarketName symbol={gap.symbol ?? unknown} exchange={gap.exchange} />
      </th>
      <td role="cell" data-name="What" class="left" title={whatOf(gap)}>
        {whatOf(gap)}
      </td>
      <td role="cell" data-name="Cause" class="left">
        {causeOf(gap)}
      </td>
      <td role="cell" data-name="State" class="left">
        <State level={known && gap.state !== null ? gapLevels[gap.state] : 'unknown'} word={word} />
      </td>
      <td role="cell" data-name="How it stands" class="left" title={end}>
        {end}
      </td>
    </tr>
  );
}

function GapTable() {
  const known = details.value?.value ?? null;
  const old = isOld(details.value);
  const rows = known === null ? [] : gapRows(known.gaps);
  return (
    <div class="rows gap-rows">
      <div class="rows-head">
        <h3>Gaps</h3>
        <Age of={details.value} />
      </div>
      <table role="table" class="cards gaps" aria-label="Gaps">
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((name) => (
              <th role="columnheader" scope="col" key={name} class="left">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((gap) => (
            <GapRow key={gap.id} gap={gap} old={old} />
          ))}
          {rows.length === 0 && (
            <tr role="row" class="none">
              <td role="cell" colSpan={heads.length} class="left">
                {known === null ? unknown : old ? 'there was none' : 'none since the engine started'}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

export function LossesPanel() {
  const { completeness, gapsOpen, booksQuarantined } = snapshot.value.values;
  const known = details.value?.value ?? null;
  const old = isOld(gapsOpen);
  return (
    <section class="panel" aria-labelledby="losses-title">
      <div class="panel-head">
        <h2 id="losses-title">Completeness</h2>
        <p>{old ? 'It is not known any more what is missing.' : lossesSentence(lossesOf(snapshot.value))}</p>
      </div>
      <div class="tiles tiles-three">
        <Tile
          name="Received today"
          of={completeness}
          show={(share) => [[formatShare(share), '%']]}
          note={completenessNote(known, serverNow.value)}
        />
        <Tile name="Open gaps" of={gapsOpen} show={count} note={gapsNote(known)} />
        <Tile name="Books in quarantine" of={booksQuarantined} show={count} note={booksNote(known)} />
      </div>
      <GapTable />
    </section>
  );
}
