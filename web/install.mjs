// Installs node_modules when, and only when, it does not match the lock file: several build directories share it,
// and an incremental build must not start npm. `--dev` also installs what the tests need.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const stamp = join(root, 'node_modules', '.installed');

export function install({ dev }) {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    hash.update(readFileSync(join(root, name)));
  }
  const digest = hash.digest('hex');
  const [had, kind] = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().split(' ') : [];
  if (had === digest && (kind === 'all' || !dev)) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', ...(dev ? [] : ['--omit=dev'])], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  writeFileSync(stamp, `${digest} ${dev ? 'all' : 'product'}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  install({ dev: process.argv.includes('--dev') });
}
