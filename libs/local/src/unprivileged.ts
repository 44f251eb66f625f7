import { execFileSync } from 'node:child_process';
import { LocalProblem } from './local-problem.js';

/** User and group that a child process runs as; empty when it runs as we do. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

/** Postgres refuses to run as root: then an unprivileged user that already exists lends it its id. */
export function unprivileged(): RunAs {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user; the next one may exist.
    }
  }
  throw new LocalProblem(
    'Postgres does not run as root, and this machine has neither a user postgres nor a user nobody to run it as',
    'start Gatehouse as an ordinary user, or point DATABASE_URL_<APP> at a Postgres of your own',
  );
}
