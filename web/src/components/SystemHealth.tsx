// The engine itself: is it up, does data reach it, does it keep pace, what does it cost.

import { formatBytes, formatNumber, formatRate, plural, unknown } from '../format/number';
import { ageParts, formatAge } from '../format/time';
import { ratePerS } from '../model/history';
import { streamStates, type SubscriptionCounts, type WsStatus } from '../model/observation';
import type { Reading } from '../model/snapshot';
import { unservedOf, unservedStates } from '../model/subscriptions';
import { rotatingOf, venueName } from '../model/venues';
import { history, historyVersion, isOld, snapshot, transport } from '../store';
import { State, type Level } from './StateMark';
import { Tile } from './Tile';
import type { Part } from './Value';

const cpuWindowMs = 10_000;
const errorWindowMs = 5 * 60_000;
const linkLevels: Record<WsStatus, Level> = { connected: 'ok', degraded: 'warn', disconnected: 'bad' };

const seconds = (value: number): Part[] => ageParts(value * 1000);
const count = (value: number): Part[] => [[formatNumber(value), '']];

function LinkTile() {
  const { wsStatus, lastFrameAgeS, venues } = snapshot.value.values;
  const status = wsStatus?.value ?? null;
  const old = isOld(wsStatus);
  const level = status === null || old ? 'unknown' : linkLevels[status];
  const frame = lastFrameAgeS?.value == null ? unknown : `${formatAge(lastFrameAgeS.value * 1000)} ago`;
  const rotating = isOld(venues) ? [] : rotatingOf(venues?.value ?? []);
  const note = rotating.map(({ exchange, connection }) => `${venueName(exchange)} ${connection} rotating`);
  return (
    <Tile name="Link" of={wsStatus} note={note.length > 0 ? note.join(', ') : `last frame ${frame}`}>
      <State level={level} word={status === null ? unknown : old ? `was ${status}` : status} />
    </Tile>
  );
}

function subscriptionParts(counts: SubscriptionCounts): Part[] {
  const all = streamStates.reduce((sum, state) => sum + counts[state], 0);
  return [[formatNumber(counts.live), `of ${formatNumber(all)} live`]];
}

function subscriptionNote(counts: SubscriptionCounts | null): string {
  if (counts === null) return `silent ${unknown}`;
  const others = ([...unservedStates, 'pending', 'quiet'] as const).filter((state) => counts[state] > 0);
  return others.length === 0 ? 'none silent or refused' : others.map((state) => `${counts[state]} ${state}`).join(', ');
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
    const unserved = unservedOf(counts);
    parts.push(unserved === 0 ? 'no subscription missed' : `${plural(unserved, 'subscription')} without data`);
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
      <div class="tiles">
        <Tile name="Uptime" of={values.uptimeS} show={seconds} note="since the engine started" />
        <Tile
          name="Last event"
          of={values.lastEventAgeS}
          show={seconds}
          spark="lastEventAgeS"
          note="before this reading"
        />
        <LinkTile />
        <Tile
          name="Subscriptions"
          of={values.subscriptions}
          show={subscriptionParts}
          note={subscriptionNote(values.subscriptions?.value ?? null)}
        />
        <Tile
          name="Queue depth"
          of={values.queueDepth}
          show={(value) => [[formatNumber(value), capacity === null ? '' : `of ${formatNumber(capacity)}`]]}
          spark="queueDepth"
          note={`${fill} full`}
        />
        <Tile name="Errors" of={values.errorsTotal} show={count} spark="errorsTotal" note={errorNote()} />
        <Tile
          name="Memory"
          of={values.memoryBytes}
          show={(value) => [formatBytes(value)]}
          spark="memoryBytes"
          note="resident"
        />
        <Tile
          name="CPU"
          of={cpuReading()}
          show={(value) => [[formatNumber(value, 1), '%']]}
          note={cores === null ? 'of one core' : `of one core; ${plural(cores, 'core')}`}
        />
      </div>
    </section>
  );
}
