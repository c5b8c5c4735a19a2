// Builds the page: src/ → <out>/index.html, assets/*.<hash>.*, each also as .gz, and manifest.json.
//   node build.mjs [--out DIR] [--embed DIR]
// --embed also writes page.gen.cc, the files as C++ constants (see embed.mjs).
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { writeEmbedded } from './embed.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const types = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const icons = ['ok', 'warn', 'bad', 'unknown'];

function hashed(name, bytes) {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  return name.replace(/(\.[a-z]+)$/, `.${digest}$1`);
}

async function bundle(entry, extra = {}) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
    ...extra,
  });
  return Object.fromEntries(result.outputFiles.map((file) => [file.path.split('.').pop(), Buffer.from(file.contents)]));
}

// → [{path, content_type, bytes, gzip}], the page first; asset names carry the hash of what they hold.
async function pageFiles() {
  const assets = new Map();
  const urls = {};
  const add = (name, bytes) => {
    const path = `assets/${hashed(name, bytes)}`;
    assets.set(path, bytes);
    urls[name] = `/live/${path}`;
  };
  for (const state of icons) {
    add(`icon-${state}.svg`, readFileSync(join(root, 'src', 'icons', `${state}.svg`)));
  }
  const define = {
    ICON_URLS: JSON.stringify(Object.fromEntries(icons.map((s) => [s, urls[`icon-${s}.svg`]]))),
  };
  // As its authors minified it: a kilobyte less than what esbuild makes of its sources.
  const charts = readFileSync(join(root, 'node_modules/uplot/dist/uPlot.iife.min.js'), 'utf8');
  add('charts.js', Buffer.from(`${charts}export default uPlot;\n`));
  define.CHART_LIBRARY_URL = JSON.stringify(urls['charts.js']);
  const app = await bundle('src/main.tsx', { define, external: ['/live/assets/*'] });
  add('app.js', app.js);
  add('app.css', app.css);
  add('theme.js', (await bundle('src/theme_boot.ts', { format: 'iife' })).js);
  const html = readFileSync(join(root, 'src', 'index.html'), 'utf8').replace(/\{\{([a-z.-]+)\}\}/g, (_, name) => {
    if (!urls[name]) throw new Error(`index.html names ${name}, which the build does not make`);
    return urls[name];
  });
  return [['index.html', Buffer.from(html)], ...assets].map(([path, bytes]) => ({
    path,
    content_type: types[path.split('.').pop()],
    bytes,
    gzip: gzipSync(bytes, { level: 9 }),
  }));
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

export async function buildPage(out) {
  const files = await pageFiles();
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'assets'), { recursive: true });
  for (const file of files) {
    writeFileSync(join(out, file.path), file.bytes);
    writeFileSync(join(out, `${file.path}.gz`), file.gzip);
  }
  const manifest = files.map(({ path, content_type, bytes, gzip }) => ({
    path,
    content_type,
    bytes: bytes.length,
    gzip_bytes: gzip.length,
  }));
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return { files, manifest };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, manifest } = await buildPage(resolve(option('--out') ?? join(root, 'dist')));
  const embed = option('--embed');
  if (embed) writeEmbedded(resolve(embed), files);
  const sum = manifest.reduce((total, file) => total + file.gzip_bytes, 0);
  console.log(`page: ${manifest.length} files, ${(sum / 1024).toFixed(1)} KiB compressed`);
}
