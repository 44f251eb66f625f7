/** `npm run tour`: what Gatehouse is for, played step by step against a running instance. */
import { runBuilt } from './lib/cli.mjs';

await runBuilt('test/tour/main.js');
