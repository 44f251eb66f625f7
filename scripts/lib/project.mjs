import fs from 'node:fs';
import path from 'node:path';

/** The repository. */
export const root = path.resolve(import.meta.dirname ?? '.', '../..');

/** Whether a module is the one that node was started with. */
export const isMain = (meta) =>
  process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fs.realpathSync(meta.filename);

/** Ends the process: what failed, and what to do about it. */
export function fail(what, fix) {
  const sentence = what.charAt(0).toUpperCase() + what.slice(1);
  process.stderr.write(`\n${sentence}.\nWhat to do: ${fix}.\n`);
  process.exit(1);
}
