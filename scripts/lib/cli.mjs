import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { root } from './project.mjs';

/** Becomes a command of the built `gatehouse`, with the arguments of this script. */
export const runCli = (command) => runBuilt('apps/cli/src/main.js', command);

/**
 * Becomes a module of the build, with the arguments of this script.
 * @param {string} file below `dist`
 */
export async function runBuilt(file, ...args) {
  await prepare();
  const module = path.join(root, 'dist', file);
  process.argv.splice(1, 1, module, ...args);
  await import(pathToFileURL(module).href);
}

/**
 * Runs a program to its end in our terminal.
 * @param {(child: import('node:child_process').ChildProcess) => void} [onStart]
 * @returns {Promise<number>} its exit code
 */
export function run(program, args, options = {}, onStart = () => {}) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
  onStart(child);
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
