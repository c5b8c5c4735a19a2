// One row for each connection of each exchange, and what is being prepared to replace it.

import { unknown } from '../format/number';
import { formatAge } from '../format/time';
import type { VenueConnection } from '../model/observation';
import { linkMark, statusWord, successorMark, venueName, type Mark } from '../model/venues';
import { isOld, snapshot } from '../store';
import { Age, readingTitle } from './Age';
import { State } from './StateMark';

const heads = ['Exchange', 'Connection', 'State', 'Replacement', 'Last frame'];

function MarkCell({ name, mark, class: more = '' }: { name: string; mark: Mark; class?: string }) {
  const title = `${mark.word}, ${readingTitle(snapshot.value.values.venues)}`;
  return (
    <td role="cell" data-name={name} class={`left ${more}`} title={title}>
      <State level={mark.level} word={mark.word} title={title} />
    </td>
  );
}

function ConnectionRow({ exchange, status, of }: { exchange: string; status: string | null; of: VenueConnection }) {
  const old = isOld(snapshot.value.values.venues);
  const age = of.lastFrameAgeS === null ? unknown : formatAge(of.lastFrameAgeS * 1000);
  const says = status === null ? 'says nothing of its trading engine' : `says ${statusWord(status)}`;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" title={`${venueName(exchange)} ${says}`}>
        {venueName(exchange)}
      </th>
      <td role="cell" data-name="Connection" class="left" title={of.name}>
        {of.name}
      </td>
      <MarkCell name="State" mark={linkMark(of, old)} />
      <MarkCell name="Replacement" mark={successorMark(of, old)} class={of.successor === null ? 'nothing' : ''} />
      <td role="cell" data-name="Last frame">
        <span class={old ? 'cell-old' : ''}>{age}</span>
      </td>
    </tr>
  );
}

export function ConnectionsTable() {
  const { venues } = snapshot.value.values;
  const rows = (venues?.value ?? []).flatMap((venue) => venue.connections.map((of) => ({ ...venue, of })));
  return (
    <div class="rows connection-rows">
      <div class="rows-head">
        <h3>Connections</h3>
        <Age of={venues} />
      </div>
      <table role="table" class="cards connections" aria-label="Connections">
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((name, index) => (
              <th role="columnheader" scope="col" key={name} class={index < heads.length - 1 ? 'left' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ exchange, status, of }) => (
            <ConnectionRow key={`${exchange} ${of.name}`} exchange={exchange} status={status} of={of} />
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
    </div>
  );
}
