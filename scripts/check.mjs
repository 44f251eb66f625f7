/** `npm run check`: everything that a tool can say about the code without running it. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { isMain, root } from './lib/project.mjs';

const bin = (name) => path.join('node_modules', name);
const STEPS = [
  ['types', [bin('typescript/bin/tsc'), '--noEmit', '-p', '.']],
  ['lint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings=-1']],
  ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  ['dependencies', [bin('dependency-cruiser/bin/dependency-cruise.mjs'), 'apps', 'libs', 'test', 'bench', '--config']],
  ['file names', ['scripts/check-names.mjs']],
  ['reference', ['dist/apps/cli/src/main.js', 'catalog', '--check']],
  ['features', ['scripts/check-features.mjs']],
];

/** A step that takes longer has hung. */
const LIMIT_MINUTES = 10;
/** Each step keeps one processor busy, and none needs what another one makes. */
const AT_ONCE = 2;

/**
 * Runs every check, also after one has failed.
 * @returns {Promise<{ name: string, ok: boolean }[]>}
 */
export async function check() {
  await prepare();
  const results = [];
  const queue = [...STEPS];
  const worker = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) results.push(await take(step));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function take([name, args]) {
  const started = performance.now();
  const { ok, output } = await finished(args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${ok ? 'ok    ' : 'failed'}  ${name}  ${seconds} s\n`);
  if (!ok) process.stdout.write(`${output}\n`.replace(/^(?=.)/gm, '    '));
  return { name, ok };
}

/** @returns {Promise<{ ok: boolean, output: string }>} a program that cannot be started or does not end is not ok */
function finished(args) {
  const options = {
    cwd: root,
    encoding: 'utf8',
    timeout: LIMIT_MINUTES * 60_000,
    maxBuffer: 64 * 1024 * 1024,
    // eslint and prettier colour by themselves when they think that a person reads.
    env: { ...process.env, FORCE_COLOR: '0' },
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ ok: !error, output: `${stdout}${stderr}` }),
    );
    child.stdin.end();
  });
}

if (isMain(import.meta)) {
  const failed = (await check()).filter(({ ok }) => !ok);
  process.exitCode = failed.length ? 1 : 0;
}
