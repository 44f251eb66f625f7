import { spawn } from 'node:child_process';
import path from 'node:path';
import { prepare } from './prepare.mjs';
import { root } from './project.mjs';

/** Runs a command of the built `gatehouse` with the arguments of this script, and ends as it ends. */
export async function runCli(command) {
  await prepare();
  const args = [path.join(root, 'dist/apps/cli/src/main.js'), command, ...process.argv.slice(2)];
  process.exitCode = await run(process.execPath, args);
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
