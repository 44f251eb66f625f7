/**
 * Compiles apps, libs, test and bench into the one shared `dist`, file by file and only what changed, and
 * removes what has no source any more. Types are not checked here: `npm run check` does.
 *
 * Usage: node scripts/build.mjs [--force]
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isMain, root } from './lib/project.mjs';

export const FOLDERS = ['apps', 'libs', 'test', 'bench'];
const OUT = path.join(root, 'dist');
const STAMP = path.join(root, '.cache', 'build.json');
/** Read at run time beside the code that names them. */
const ASSETS = new Set(['.html', '.css', '.svg', '.ico', '.txt', '.sql']);

const isSource = (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.endsWith('.d.ts');
const isAsset = (name) => ASSETS.has(path.extname(name));
const outputOf = (file) => path.join(OUT, isSource(file) ? file.replace(/\.ts$/, '.js') : file);

/** Every source and asset, relative to the root, with a stamp of its size and time. */
function sources() {
  const found = new Map();
  for (const folder of FOLDERS) {
    const entries = fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !(isSource(entry.name) || isAsset(entry.name))) continue;
      const full = path.join(entry.parentPath, entry.name);
      if (full.includes(`${path.sep}node_modules${path.sep}`)) continue;
      const stat = fs.statSync(full, { throwIfNoEntry: false });
      if (stat) found.set(path.relative(root, full), `${stat.size}-${stat.mtimeMs}`);
    }
  }
  return found;
}

/** What the output depends on besides the sources: the compiler and its settings. */
function toolStamp() {
  const swc = path.join(root, 'node_modules/@swc/core/package.json');
  const parts = [path.join(root, '.swcrc'), swc, import.meta.filename].map((file) => fs.readFileSync(file));
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex');
}

function readStamp(tools) {
  try {
    const stamp = JSON.parse(fs.readFileSync(STAMP, 'utf8'));
    if (stamp.tools === tools) return new Map(Object.entries(stamp.files));
  } catch {
    // No stamp or half of one: everything is compiled anew.
  }
  return new Map();
}

/** Two builds may run at once; each file appears whole or not at all. */
function write(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(draft, content);
  fs.renameSync(draft, file);
}

async function compile(swc, options, file) {
  const source = path.join(root, file);
  const output = outputOf(file);
  if (isAsset(file)) return write(output, fs.readFileSync(source));
  const relative = path.relative(path.dirname(output), source);
  const { code, map } = await swc.transformFile(source, { ...options, swcrc: false, sourceFileName: relative });
  if (map) write(`${output}.map`, map);
  write(output, map ? `${code}//# sourceMappingURL=${path.basename(output)}.map\n` : code);
}

function removeStale(known) {
  if (!fs.existsSync(OUT)) return;
  const expected = new Set([...known.keys()].flatMap((file) => [outputOf(file), `${outputOf(file)}.map`]));
  for (const entry of fs.readdirSync(OUT, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !expected.has(full) && !full.endsWith('.tmp')) fs.rmSync(full, { force: true });
  }
}

/** What there is to do: compile `stale`, forget what is `gone`. */
function survey(force) {
  const tools = toolStamp();
  const before = force ? new Map() : readStamp(tools);
  const now = sources();
  const stale = [...now.keys()].filter((file) => before.get(file) !== now.get(file) || !fs.existsSync(outputOf(file)));
  const gone = [...before.keys()].some((file) => !now.has(file));
  return { tools, now, stale, isFresh: !stale.length && !gone && before.size > 0 };
}

/** Whether a build would change nothing. Cheap: it loads no compiler. */
export const isFresh = () => survey(false).isFresh;

/**
 * Brings `dist` up to date.
 * @returns {Promise<{ compiled: string[], total: number, failed: { file: string, message: string }[] }>}
 */
export async function build({ force = false } = {}) {
  const { tools, now, stale, isFresh: done } = survey(force);
  if (done) return { compiled: [], total: now.size, failed: [] };
  const failed = await compileAll(stale);
  removeStale(now);
  for (const { file } of failed) now.delete(file);
  write(STAMP, JSON.stringify({ tools, files: Object.fromEntries(now) }));
  const broken = new Set(failed.map(({ file }) => file));
  return { compiled: stale.filter((file) => !broken.has(file)), total: now.size, failed };
}

async function compileAll(files) {
  if (!files.length) return [];
  const swc = await import('@swc/core');
  const { $schema: _, ...options } = JSON.parse(fs.readFileSync(path.join(root, '.swcrc'), 'utf8'));
  const failed = [];
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      await compile(swc, options, file).catch((error) => failed.push({ file, message: error.message }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return failed;
}

/** Says what was built and what does not compile. @returns whether everything compiled */
export function report({ compiled, total, failed }) {
  for (const { file, message } of failed) process.stderr.write(`\n${file} does not compile:\n${message}\n`);
  if (compiled.length) process.stdout.write(`built ${compiled.length} of ${total} files\n`);
  return failed.length === 0;
}

if (isMain(import.meta)) {
  const ok = report(await build({ force: process.argv.includes('--force') }));
  process.exitCode = ok ? 0 : 1;
}
