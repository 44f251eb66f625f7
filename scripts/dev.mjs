/** `npm run dev`: `npm start`, and whatever is changed is built and started again at once. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build, FOLDERS, report } from './build.mjs';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/project.mjs';

const APPS = ['gateway', 'identity', 'licensing', 'fulfillment', 'realtime', 'secrets', 'stand-ins'];
/** Editors save in several steps. */
const SETTLE_MS = 60;

await prepare();
const cli = path.join(root, 'dist/apps/cli/src/main.js');
const child = spawn(process.execPath, [cli, 'start', '--verbose', ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { LOG_FORMAT: 'pretty', LOG_LEVEL: 'info', ...process.env },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));

let timer;
let last = Promise.resolve();
const changed = () => {
  clearTimeout(timer);
  timer = setTimeout(() => (last = last.then(rebuild)), SETTLE_MS);
};
for (const folder of FOLDERS) fs.watch(path.join(root, folder), { recursive: true }, changed);
fs.watch(path.join(root, 'config'), () => restart(APPS, false));

async function rebuild() {
  const result = await build();
  if (!report(result) || !result.compiled.length) return;
  const libs = result.compiled.some((file) => file.startsWith('libs/'));
  const names = APPS.filter((app) => libs || result.compiled.some((file) => file.startsWith(`apps/${app}/`)));
  if (names.length)
    restart(
      names,
      result.compiled.some((file) => file.includes('/migrations/')),
    );
}

function restart(names, migrate) {
  if (child.connected) child.send({ restart: names, migrate });
}
