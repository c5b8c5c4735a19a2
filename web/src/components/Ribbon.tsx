// The states of one subscription over time. They differ by height and texture before colour.

import { formatAge } from '../format/time';
import { totals } from '../model/ribbons';
import { windowMs } from '../model/window';
import { history, ribbons, serverNow } from '../store';

export function Ribbon({ pair, stream }: { pair: string; stream: string }) {
  const runs = ribbons.of(pair, stream);
  const endMs = serverNow.peek() ?? 0;
  const startMs = endMs - windowMs(history.points, endMs);
  const share = (ms: number) => `${(100 * ms) / (endMs - startMs)}%`;
  const words = totals(runs).map(([state, ms]) => `${state} ${formatAge(ms)}`);
  const label = words.length === 0 ? 'nothing seen yet' : `seen ${words.join(', ')}`;
  return (
    <div class="ribbon-track" role="img" aria-label={label} title={label}>
      {runs
        .filter((run) => run.toMs >= startMs)
        .map((run) => {
          const fromMs = Math.max(run.fromMs, startMs);
          const style = { left: share(fromMs - startMs), width: share(run.toMs - fromMs) };
          return <span key={run.fromMs} class={`run run-${run.state}`} style={style} />;
        })}
    </div>
  );
}
