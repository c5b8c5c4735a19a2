// What the page shows, as signals. A hidden page keeps collecting and stops drawing: signals change only when seen.

import { batch, computed, signal } from '@preact/signals';
import { tripSeen } from './model/banner';
import { chipsOf } from './model/chips';
import { History } from './model/history';
import type { Observation } from './model/observation';
import { Ribbons } from './model/ribbons';
import { ageAt, emptySnapshot, isOldAt, withObservation, type Reading, type Snapshot } from './model/snapshot';
import { emptyStatus, fetchStatus, type Status } from './model/status';
import { showTitle } from './title';
import { Driver } from './transport/driver';
import { initialState, type TransportState } from './transport/machine';

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
let state = transport.peek();

// Server time of the last trip: as the server dates it, or as the page saw the count grow.
export const lastTripMs = computed(() => {
  const dated = snapshot.value.values.lastTripMs?.value;
  return dated ?? inferredTripMs;
});

export const ageMs = (reading: Reading<unknown> | undefined) => ageAt(reading, serverNow.value);
export const isOld = (reading: Reading<unknown> | undefined) => isOldAt(reading, serverNow.value);

function publish(): void {
  const nowMs = performance.now();
  const serverNowMs = driver.clock.now(nowMs);
  // Title and icon are what is seen of a page in the background.
  showTitle(chipsOf({ snapshot: current, transport: state, serverNowMs, pageNowMs: nowMs }));
  if (document.visibilityState === 'hidden') return;
  batch(() => {
    pageNow.value = nowMs;
    serverNow.value = serverNowMs;
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
