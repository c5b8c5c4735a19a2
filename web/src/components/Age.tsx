// How old a reading is, by the server's clock, beside the reading itself.

import { formatAge, formatClock } from '../format/time';
import { unknown } from '../format/number';
import type { Reading } from '../model/snapshot';
import { ageMs, isOld } from '../store';

const sources = { stream: 'event stream', poll: 'poll', api: '/api/v1' };

export function readingTitle(reading: Reading<unknown> | undefined): string {
  if (reading === undefined) return 'not observed yet';
  const source = sources[reading.via];
  const what = reading.value === null ? 'unknown to the engine' : 'read';
  return `${what} at ${formatClock(reading.atMs)} UTC, ${source}`;
}

export function Age({ of, class: name = '' }: { of: Reading<unknown> | undefined; class?: string }) {
  const old = isOld(of);
  const text = formatAge(ageMs(of));
  return (
    <span class={`age ${old ? 'age-old' : ''} ${name}`} title={readingTitle(of)}>
      {of === undefined ? unknown : old && text !== unknown ? `${text} old` : text}
    </span>
  );
}
