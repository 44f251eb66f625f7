/**
 * `npm test`: installs, builds and fetches what is missing, then runs jest. Arguments are jest's. Without any, what failed
 * is looked at a second time.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { endLeftovers } from '../test/support/leftovers.mjs';
import { run } from './lib/cli.mjs';
import { prepare } from './lib/prepare.mjs';
import { isMain, root } from './lib/project.mjs';
import { tellCoincidences, together, worthAnotherLook } from './lib/second-look.mjs';
import { watch } from './lib/watchdog.mjs';

const COUNTS = path.join(root, '.cache/test-counts.json');
/** No test file takes anywhere near this long, also on a machine that is busy: one that does has hung. */
const silenceMinutes = () => Number(process.env.GATEHOUSE_TEST_SILENCE_MINUTES ?? 10);

const counted = () =>
  fs.existsSync(COUNTS)
    ? JSON.parse(fs.readFileSync(COUNTS, 'utf8'))
    : { passed: 0, failed: 1, running: [], failures: [] };

function tellSilence() {
  const files = counted().running.join('\n  ') || '(none: something keeps the runner itself from ending)';
  process.stderr.write(`\nNo test file has ended for ${silenceMinutes()} minutes. Running:\n  ${files}\n`);
}

/** A runner that was ended cannot clear up after itself. */
async function endWhatIsLeft() {
  const local = await import(pathToFileURL(path.join(root, 'dist/libs/local/src/index.js')).href);
  await endLeftovers(local);
}

/** @returns {Promise<number>} jest's exit code */
async function runJest(args) {
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const reporters = ['--reporters=default', `--reporters=${path.join(root, 'test/support/summary-reporter.mjs')}`];
  let stop;
  const onStart = ({ pid }) => {
    stop = watch({ pid, file: COUNTS, silenceMs: silenceMinutes() * 60_000, onSilence: tellSilence });
  };
  const env = { ...process.env, GATEHOUSE_TEST_COUNTS: COUNTS };
  fs.rmSync(COUNTS, { force: true });
  const code = await run(process.execPath, [jest, ...args, ...reporters], { env }, onStart);
  stop();
  if (code !== 0) await endWhatIsLeft();
  return code;
}

/** @returns {Promise<{ code: number, counts: object }>} of the last look at each file */
async function runTwice(args) {
  const code = await runJest(args);
  const first = counted();
  const again = code === 0 || process.env.NIGHTLY ? [] : worthAnotherLook(first);
  if (!again.length) return { code, counts: first };
  process.stdout.write('\nA second look at what failed:\n');
  const codeNow = await runJest([...args, '--runInBand', '--runTestsByPath', ...again]);
  return { code: codeNow, counts: together(first, counted()) };
}

const isWhole = (args) => args.every((arg) => arg === '--ci');

/**
 * Runs the tests.
 * @param {string[]} args arguments for jest
 * @returns {Promise<{ ok: boolean, passed: number, failed: number, said: string }>} counts of tests; a file that cannot run
 * is one failure. `said` is what is to be read at the end.
 */
export async function test(args = []) {
  await prepare();
  const { code, counts } = isWhole(args) ? await runTwice(args) : { code: await runJest(args), counts: counted() };
  const { passed, failed, running, coincidences = [] } = counts;
  const said = coincidences.length ? tellCoincidences(coincidences, root) : '';
  return { ok: code === 0, passed, failed: code === 0 ? failed : Math.max(failed + running.length, 1), said };
}

if (isMain(import.meta)) {
  const { ok, said } = await test(process.argv.slice(2));
  process.stdout.write(said);
  process.exitCode = ok ? 0 : 1;
}
