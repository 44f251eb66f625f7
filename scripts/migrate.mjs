/** `npm run migrate`: all databases and the streams of the broker; see `gatehouse migrate --help`. */
import { runCli } from './lib/cli.mjs';

await runCli('migrate');
