/** `npm run doctor`: whether this machine can run Gatehouse. */
import { runCli } from './lib/cli.mjs';

await runCli('doctor');
