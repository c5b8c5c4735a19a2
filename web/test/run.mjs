// npm test: types, unit tests (src/**/*.test.ts, beside what they test), browser tests (test/*.test.mjs).
// `node test/run.mjs unit` leaves the browser out, `node test/run.mjs banner` runs test/banner.test.mjs alone.
// npm run test:browser: test/engine/*.test.mjs, with the page of the program that TICKWITNESS names.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from '../install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, 'test-results');

function filesIn(dir, ending) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return filesIn(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

install({ dev: true });
if (process.argv[2] === 'engine') {
  if (process.env.TICKWITNESS === undefined) {
    console.error('TICKWITNESS names no program: TICKWITNESS=../build/release/tickwitness npm run test:browser');
    process.exit(64);
  }
  run(['--test', ...filesIn(join(root, 'test/engine'), '.test.mjs')]);
  process.exit(0);
}
run([join(root, 'node_modules/typescript/bin/tsc'), '--noEmit']);
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

// After install, which may have fetched them.
const { build } = await import('esbuild');
const { buildPage } = await import('../build.mjs');
await buildPage(join(results, 'page'));
await build({
  entryPoints: filesIn(join(root, 'src'), '.test.ts'),
  outbase: join(root, 'src'),
  outdir: join(results, 'unit'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node18',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const only = process.argv[2];
const unit = only === undefined || only === 'unit' ? filesIn(join(results, 'unit'), '.test.mjs') : [];
const tests = join(root, 'test');
const fake = filesIn(tests, `${only ?? ''}.test.mjs`).filter((path) => dirname(path) === tests);
const browser = only === 'unit' ? [] : fake;
run(['--enable-source-maps', '--test', ...unit, ...browser]);
