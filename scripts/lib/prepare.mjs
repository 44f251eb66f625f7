/** What every verb needs first: a Node that is new enough, the dependencies, an up-to-date build. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fail, root } from './project.mjs';

const MIN_NODE = [20, 19];

/** Brings a checkout to where its build can be run; ends the process with a message when that cannot be. */
export async function prepare() {
  checkNode();
  process.chdir(root);
  install();
  const { isFresh } = await import('../build.mjs');
  if (isFresh()) return;
  // In a process of its own: the compiler would stay in the memory of whatever comes next. What it says is no output of ours.
  const run = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: ['inherit', 2, 2] });
  if (run.status !== 0) fail('the build failed', 'mend the files named above; `npm run check` says more about them');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  fail(
    `this is Node ${process.versions.node}, and Gatehouse needs ${MIN_NODE.join('.')} or newer`,
    'install a newer Node, e.g. from https://nodejs.org or with your version manager',
  );
}

/** npm keeps the lock file that it installed last in node_modules: when ours differs, it is installed anew. */
function install() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  const stamp = path.join(root, 'node_modules/.gatehouse-lock');
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  const isCurrent = () => fs.existsSync(stamp) && fs.readFileSync(stamp).equals(lock);
  const isNewer = () => fs.statSync(installed).mtimeMs >= fs.statSync(path.join(root, 'package-lock.json')).mtimeMs;
  if (fs.existsSync(installed) && (isCurrent() || isNewer())) return;
  process.stderr.write('Installing the dependencies (once; about a minute) …\n');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: false });
  if (run.status !== 0) {
    fail(
      `the dependencies could not be installed (${run.error?.message ?? `npm ci ended with ${run.status}`})`,
      'see what npm says above; a proxy or a missing network is the usual reason. Then start again',
    );
  }
  fs.writeFileSync(stamp, lock);
}
