/** `npm start`: from a fresh clone to a running system. Node's own modules only, until the dependencies are there. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/project.mjs';

await prepare();
const cli = path.join(root, 'dist/apps/cli/src/main.js');
const child = spawn(process.execPath, [cli, 'start', ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal tells the whole group, a supervisor tells only this process: pass on what only we got.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => (process.exitCode = signal ? 1 : (code ?? 1)));
