/** `npm run bench [-- me login …]`: each figure with its baseline beside it in the same run. */
import { runBuilt } from './lib/cli.mjs';

await runBuilt('bench/main.js');
