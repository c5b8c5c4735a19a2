// What a chart shows, for who would rather read: a row for each minute, the newest first.

import { formatClock } from '../format/time';

export interface Row {
  atMs: number;
  cells: readonly string[];
}

export function ChartTable({ name, heads, rows }: { name: string; heads: readonly string[]; rows: readonly Row[] }) {
  return (
    <div class="chart-table" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead>
          <tr>
            {['Time, UTC', ...heads].map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ atMs, cells }) => (
            <tr key={atMs}>
              <th scope="row">{formatClock(atMs)}</th>
              {cells.map((cell, index) => (
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
