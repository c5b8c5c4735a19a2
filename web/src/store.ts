// What the page shows, as signals. A hidden page keeps collecting and stops drawing: signals change only when seen.

import { batch, computed, signal } from '@preact/signals';
import { tripSeen } from './model/banner';
import { History } from './model/history';
import type { Observation } from './model/observation';
import { Ribbons } from './model/ribbons';
import { emptySnapshot, withObservation, type Reading, type Snapshot } from './model/snapshot';
import { emptyStatus, fetchStatus, type Status } from './model/status';
import { Driver } from './transport/driver';
import { initialState, staleMs, type TransportState } from './transport/machine';

export const snapshot = signal<Snapshot>(emptySnapshot);
export const transport = signal<TransportState>(initialState(performance.now()));
export const serverNow = signal<number | null>(null); // Unix ms by the server's clock
export const pageNow = signal(performance.now()); // monotonic ms, for countdowns of the page's own doings
export const status = signal<Status>(emptyStatus);
export const historyVersion = signal(0);
export const dismissedTripMs = signal<number | null>(null);

export const history = new History();
export const ribbons = new Ribbons();

let current: Snapshot = emptySnapshot;
let inferredTripMs: number | null = null;
let state = transport.value;

// Server time of the last trip: as the server dates it, or as the page saw the count grow.
export const lastTripMs = computed(() => {
  const dated = snapshot.value.values.lastTripMs?.value;
  return dated ?? inferredTripMs;
});

export function ageMs(reading: Reading<unknown> | undefined): number | null {
  if (reading === undefined || serverNow.value === null) return null;
  return serverNow.value - reading.atMs;
}

// Too old to be shown as if it still held. A reading whose age is not known is.
export function isOld(reading: Reading<unknown> | undefined): boolean {
  if (reading === undefined) return false;
  const age = ageMs(reading);
  return age === null || age > staleMs;
}

function publish(): void {
  if (document.visibilityState === 'hidden') return;
  batch(() => {
    const nowMs = performance.now();
    pageNow.value = nowMs;
    serverNow.value = driver.clock.now(nowMs);
    transport.value = state;
    if (snapshot.value !== current) {
      snapshot.value = current;
      historyVersion.value += 1;
    }
  });
}

export const driver = new Driver({
  observed(seen: Observation) {
    const next = withObservation(current, seen);
    inferredTripMs = tripSeen(current, next) ?? inferredTripMs;
    const restarts = history.restartsMs.length;
    history.add(seen);
    ribbons.add(seen);
    if (history.restartsMs.length > restarts) void refreshStatus();
    current = next;
  },
  changed(next: TransportState) {
    state = next;
    publish();
  },
  clockSetBack() {
    current = emptySnapshot;
    inferredTripMs = null;
    history.clear();
    ribbons.clear();
  },
  connected() {
    void refreshStatus();
  },
});

async function refreshStatus(): Promise<void> {
  const fetched = await fetchStatus();
  if (fetched !== null) status.value = fetched;
}

export function start(): void {
  void refreshStatus();
  driver.start();
  document.addEventListener('visibilitychange', publish);
}
