/** `npm run catalog`: docs/reference from the contracts; with `-- --check` it only says whether a page is stale. */
import { runCli } from './lib/cli.mjs';

await runCli('catalog');
