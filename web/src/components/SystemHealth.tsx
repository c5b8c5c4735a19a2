// The engine itself: is it up, does data reach it, does it keep pace, what does it cost.

import { formatBytes, formatNumber, formatRate, plural, unknown } from '../format/number';
import { ageParts, formatAge } from '../format/time';
import { ratePerS } from '../model/history';
import type { SubscriptionCounts, WsStatus } from '../model/observation';
import type { Reading } from '../model/snapshot';
import { history, historyVersion, isOld, snapshot, transport } from '../store';
import { Age } from './Age';
import { Sparkline } from './Sparkline';
import { State, type Level } from './StateMark';
import { Value, type Part } from './Value';

const cpuWindowMs = 10_000;
const errorWindowMs = 5 * 60_000;
const linkLevels: Record<WsStatus, Level> = { connected: 'ok', degraded: 'warn', disconnected: 'bad' };

interface CellProps<T> {
  name: string;
  of: Reading<T> | undefined;
  show: (value: T) => Part[];
  spark?: string;
  note: string;
}

function Cell<T>({ name, of, show, spark, note }: CellProps<T>) {
  return (
    <div class="cell">
      <dt class="cell-name">{name}</dt>
      <Age of={of} />
      <dd>
        <Value of={of} show={show} />
        {spark === undefined ? <div class="spark" /> : <Sparkline of={spark} />}
        <span class="note" title={note}>
          {note}
        </span>
      </dd>
    </div>
  );
}

const seconds = (value: number): Part[] => ageParts(value * 1000);
const count = (value: number): Part[] => [[formatNumber(value), '']];

function LinkCell() {
  const { wsStatus, lastFrameAgeS } = snapshot.value.values;
  const status = wsStatus?.value ?? null;
  const old = isOld(wsStatus);
  const level = status === null || old ? 'unknown' : linkLevels[status];
  const frame = lastFrameAgeS?.value == null ? unknown : `${formatAge(lastFrameAgeS.value * 1000)} ago`;
  return (
    <div class="cell">
      <dt class="cell-name">Link</dt>
      <Age of={wsStatus} />
      <dd>
        <span class="value value-word">
          <State level={level} word={status === null ? unknown : old ? `was ${status}` : status} />
        </span>
        <div class="spark" />
        <span class="note">last frame {frame}</span>
      </dd>
    </div>
  );
}

function subscriptionParts(counts: SubscriptionCounts): Part[] {
  const all = counts.live + counts.pending + counts.stale + counts.refused;
  return [[formatNumber(counts.live), `of ${formatNumber(all)} live`]];
}

function subscriptionNote(counts: SubscriptionCounts | null): string {
  if (counts === null) return `stale ${unknown}`;
  return `${counts.stale} stale, ${counts.pending} pending, ${counts.refused} refused`;
}

function cpuReading(): Reading<number> | undefined {
  const { cpuSeconds } = snapshot.value.values;
  if (cpuSeconds === undefined) return undefined;
  const rate = ratePerS(history, 'cpuSeconds', cpuSeconds.via === 'stream' ? cpuWindowMs : 40_000);
  return { ...cpuSeconds, value: rate === null ? null : rate * 100 };
}

function errorNote(): string {
  const rate = ratePerS(history, 'errorsTotal', errorWindowMs);
  if (rate === null) return 'since start';
  return rate === 0 ? 'since start, none lately' : `since start, ${formatRate(rate * 60)}/min lately`;
}

// The conclusion first, as a sentence.
function sentence(): string {
  const { uptimeS, wsStatus, subscriptions } = snapshot.value.values;
  const mode = transport.value.mode;
  if (mode === 'BOOT') return 'Asking the engine.';
  if (mode === 'STALE' || mode === 'OFFLINE') return 'The engine is silent: these are its last words.';
  const counts = subscriptions?.value ?? null;
  const parts: string[] = [];
  if (uptimeS?.value != null) parts.push(`Engine up ${formatAge(uptimeS.value * 1000)}`);
  if (wsStatus?.value != null) parts.push(`link ${wsStatus.value}`);
  if (counts !== null) {
    const quiet = counts.stale + counts.refused;
    parts.push(quiet === 0 ? 'no subscription stale' : `${plural(quiet, 'subscription')} without data`);
  }
  return parts.length === 0 ? 'The engine answers, and tells nothing of itself.' : `${parts.join(', ')}.`;
}

export function SystemHealth() {
  historyVersion.value;
  const values = snapshot.value.values;
  const capacity = values.queueCapacity?.value ?? null;
  const depth = values.queueDepth?.value ?? null;
  const fill = depth === null || !capacity ? unknown : `${formatNumber((100 * depth) / capacity, 1)} %`;
  const cores = values.cores?.value ?? null;
  return (
    <section class="panel" aria-labelledby="health-title">
      <div class="panel-head">
        <h2 id="health-title">System health</h2>
        <p>{sentence()}</p>
      </div>
      <dl class="cells">
        <Cell name="Uptime" of={values.uptimeS} show={seconds} note="since the engine started" />
        <Cell name="Last event" of={values.lastEventAgeS} show={seconds} spark="lastEventAgeS" note="before this reading" />
        <LinkCell />
        <Cell
          name="Subscriptions"
          of={values.subscriptions}
          show={subscriptionParts}
          note={subscriptionNote(values.subscriptions?.value ?? null)}
        />
        <Cell
          name="Queue depth"
          of={values.queueDepth}
          show={(value) => [[formatNumber(value), capacity === null ? '' : `of ${formatNumber(capacity)}`]]}
          spark="queueDepth"
          note={`${fill} full`}
        />
        <Cell name="Errors" of={values.errorsTotal} show={count} spark="errorsTotal" note={errorNote()} />
        <Cell name="Memory" of={values.memoryBytes} show={(value) => [formatBytes(value)]} spark="memoryBytes" note="resident" />
        <Cell
          name="CPU"
          of={cpuReading()}
          show={(value) => [[formatNumber(value, 1), '%']]}
          note={cores === null ? 'of one core' : `of one core; ${plural(cores, 'core')}`}
        />
      </dl>
    </section>
  );
}
