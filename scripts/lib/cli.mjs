import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { root } from './project.mjs';

/** Becomes a command of the built `gatehouse`, with the arguments of this script. */
export async function runCli(command) {
  await prepare();
  const cli = path.join(root, 'dist/apps/cli/src/main.js');
  process.argv.splice(1, 1, cli, command);
  await import(pathToFileURL(cli).href);
}

/**
 * Runs a program to its end in our terminal.
 * @returns {Promise<number>} its exit code
 */
export function run(program, args, options = {}) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
  // A terminal tells the whole group, a supervisor only this process: pass on what the child did not get.
  const pass = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    const end = (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code);
    };
    child.once('exit', (code) => end(code ?? 1)).once('error', () => end(1));
  });
}
