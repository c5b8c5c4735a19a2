// A figure with its unit. What is not known is "—"; what is too old is grey and hatched.

import { unknown } from '../format/number';
import type { Reading } from '../model/snapshot';
import { isOld } from '../store';
import { readingTitle } from './Age';

export type Part = [text: string, unit: string];

interface Props<T> {
  of: Reading<T> | undefined;
  show: (value: T) => Part[];
  class?: string;
}

export function Value<T>({ of, show, class: name = '' }: Props<T>) {
  const value = of?.value ?? null;
  const parts: Part[] = value === null ? [[unknown, '']] : show(value);
  const old = value !== null && isOld(of);
  return (
    <span class={`value ${old ? 'value-old' : ''} ${name}`} title={readingTitle(of)}>
      {parts.map(([text, unit], index) => (
        <span class="part" key={index}>
          <span class="figure">{text}</span>
          {unit !== '' && <span class="unit"> {unit} </span>}
        </span>
      ))}
    </span>
  );
}
