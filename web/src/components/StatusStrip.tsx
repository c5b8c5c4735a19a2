// One line of chips of fixed width: label and age above, shape and word and one fact below.

import { chipsOf, type NamedChip } from '../model/chips';
import { pageNow, serverNow, snapshot, transport } from '../store';
import { Age } from './Age';
import { State } from './StateMark';

function ChipBox({ name, chip, of }: NamedChip) {
  return (
    <div class="chip" role="group" aria-label={name}>
      <span class="chip-name">{name}</span>
      <Age of={of} />
      <span class="chip-state">
        <State level={chip.level} word={chip.word} />
        <span class="chip-fact" title={chip.fact}>
          {chip.fact}
        </span>
      </span>
    </div>
  );
}

export function chips(): NamedChip[] {
  return chipsOf({
    snapshot: snapshot.value,
    transport: transport.value,
    serverNowMs: serverNow.value,
    pageNowMs: pageNow.value,
  });
}

export function StatusStrip() {
  return (
    <section class="strip" aria-label="Status">
      {chips().map((entry) => (
        <ChipBox key={entry.name} {...entry} />
      ))}
    </section>
  );
}
