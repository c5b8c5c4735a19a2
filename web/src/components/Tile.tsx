// One figure with its name, age, recent course and a note.

import type { ComponentChildren } from 'preact';
import type { Reading } from '../model/snapshot';
import { Age } from './Age';
import { Sparkline } from './Sparkline';
import { Value, type Part } from './Value';

interface Props<T> {
  name: string;
  of: Reading<T> | undefined;
  note: string;
  show?: (value: T) => Part[];
  children?: ComponentChildren; // instead of `show`
  spark?: string;
}

export function Tile<T>({ name, of, note, show, children, spark }: Props<T>) {
  return (
    <div class="tile" role="group" aria-label={name}>
      <span class="tile-name">{name}</span>
      <Age of={of} />
      {show === undefined ? <span class="value value-word">{children}</span> : <Value of={of} show={show} />}
      {spark === undefined ? <div class="spark" /> : <Sparkline of={spark} />}
      <span class="note" title={note}>
        {note}
      </span>
    </div>
  );
}
