/** `npm start`: from a fresh clone to a running system. Node's own modules only, until the dependencies are there. */
import { runCli } from './lib/cli.mjs';

await runCli('start');
