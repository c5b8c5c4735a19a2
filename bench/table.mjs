// Lines of figures to a table: a row per case and peer, and how many times a rival needs what we
// need. A figure with a limit says whether it holds, and how much of it is used.
import { readFileSync } from 'node:fs';

const figures = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map(JSON.parse);
const units = ['ns_per_op', 'ms', 'bytes', 'mib', 'mib_per_hour', 'percent', 'events',
  'clients', 'events_per_s', 'cpu_events_per_s', 'p99_ns', 'rows_per_s', 'ratio'];
const ours = new Map(figures.filter((f) => f.peer === 'tickwitness').map((f) => [f.case, f]));
const rows = [['case', 'peer', 'figure', 'ratio', 'limit']];
for (const figure of figures) {
  for (const unit of units.filter((u) => figure[u] !== undefined)) {
    const own = ours.get(figure.case)?.[unit];
    const rival = figure.peer !== 'tickwitness' && own > 0;
    const holds = figure[unit] <= figure.limit ? 'ok' : 'MISSED';
    const share = figure.limit > 0 ? ` (${(figure[unit] / figure.limit).toFixed(2)}×)` : '';
    let limit = figure.limit === undefined ? '' : `${figure.limit} ${holds}${share}`;
    if (figure.least && unit === (figure.ratio === undefined ? 'events_per_s' : 'ratio')) {
      limit = `at least ${figure.least} ${figure[unit] >= figure.least ? 'ok' : 'MISSED'}`;
    }
    rows.push([figure.case, figure.peer, `${figure[unit]} ${unit}`,
      rival ? `${(figure[unit] / own).toFixed(2)}×` : '', limit]);
  }
}
const width = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
for (const row of rows) {
  console.log(row.map((cell, i) => cell.padEnd(width[i])).join('  ').trimEnd());
}
