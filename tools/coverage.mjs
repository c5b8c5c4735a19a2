// Reads gcov's JSON, a document a line, and prints the share of lines run per room. Lines of tests
// and of other people's headers do not count; a line counts as run if any object ran it.
import { createInterface } from 'node:readline';

const root = process.argv[2] + '/';
const lines = new Map(); // file -> Map(line -> run)
for await (const text of createInterface({ input: process.stdin })) {
  if (!text.startsWith('{')) continue;
  for (const file of JSON.parse(text).files) {
    const path = file.file.startsWith(root) ? file.file.slice(root.length) : file.file;
    if (!/^(src|sim)\//.test(path) || /_(test|fuzz|bench)\.cc$/.test(path)) continue;
    const seen = lines.get(path) ?? new Map();
    lines.set(path, seen);
    for (const { line_number: n, count } of file.lines) {
      seen.set(n, (seen.get(n) ?? false) || count > 0);
    }
  }
}

const rooms = new Map();
for (const [path, seen] of lines) {
  const room = path.startsWith('sim/') ? 'sim' : path.slice(4, path.lastIndexOf('/'));
  const sum = rooms.get(room) ?? { all: 0, run: 0 };
  rooms.set(room, sum);
  sum.all += seen.size;
  for (const run of seen.values()) sum.run += run ? 1 : 0;
}
console.log('room               lines     run   share');
for (const [room, { all, run }] of [...rooms].sort()) {
  const share = ((100 * run) / all).toFixed(1);
  const cells = [room.padEnd(16), String(all).padStart(7), String(run).padStart(7)];
  console.log(`${cells.join(' ')} ${share.padStart(6)}%`);
}
