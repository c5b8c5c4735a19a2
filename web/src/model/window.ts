// How much of the past charts show: what the page has seen, up to 15 minutes, in steps so that the scale seldom moves.

import { spanMs, type Point } from './history';

const stepsMs = [1, 2, 5, 10].map((minutes) => minutes * 60_000);

export function windowMs(points: readonly Point[], nowMs: number): number {
  const first = points[0];
  if (first === undefined) return stepsMs[0] as number;
  return stepsMs.find((step) => nowMs - first.atMs <= step) ?? spanMs;
}
