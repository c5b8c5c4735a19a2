// The last minutes of one number, without axes: the shape beside the figure, a dot on the last reading.

import { sparkPoints } from '../model/series';
import { windowMs } from '../model/window';
import { history, historyVersion, serverNow } from '../store';

const width = 160;
const height = 24;

export function Sparkline({ of: key }: { of: string }) {
  historyVersion.value; // drawn again with each new reading
  const endMs = serverNow.peek() ?? 0;
  const points = sparkPoints(history.points, key, { endMs, spanMs: windowMs(history.points, endMs) }, 80);
  const high = Math.max(...points.map((point) => point.value), 0);
  const low = Math.min(...points.map((point) => point.value), high);
  // A number that hardly moves is drawn flat, not stretched to drama.
  const range = Math.max(high - low, Math.abs(high) * 0.2, 1e-9);
  const y = (value: number) => (height - 3 - ((value - low) / range) * (height - 6)).toFixed(1);
  let path = '';
  for (const point of points) {
    const at = `${(point.x * width).toFixed(1)} ${y(point.value)}`;
    path += point.joined ? `L${at}` : `M${at}h.01`;
  }
  const last = points[points.length - 1];
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
      {last !== undefined && <path class="spark-last" d={`M${(last.x * width).toFixed(1)} ${y(last.value)}h.01`} />}
    </svg>
  );
}
