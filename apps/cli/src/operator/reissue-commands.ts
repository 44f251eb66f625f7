import { Command } from 'commander';
import { internalApi, type InternalApi } from './internal-api.js';
import { print, table } from './output.js';

interface Holders {
  total: number;
  holders: Record<string, unknown>[];
  next_cursor: string | null;
}

interface Reissued {
  reissued: number;
  remaining: number;
}

/** `gatehouse keys holders`: who would notice if a key went out of use. */
export const holdersCommand = (): Command =>
  new Command('holders')
    .description('licenses whose current file was signed with a key')
    .argument('<kid>', 'the key, as `keys list` names it')
    .option('--limit <n>', 'rows, at most 200')
    .option('--cursor <cursor>', 'where the page before ended')
    .option('--json', 'print the whole answer as JSON')
    .action(async (kid: string, { json, ...page }: { json?: boolean; limit?: string; cursor?: string }) => {
      const found = await internalApi().ask<Holders>('GET', '/internal/blobs', { query: { kid, ...page } });
      const more = found.next_cursor ? `\nMore: --cursor ${found.next_cursor}` : '';
      const rows = () => table(found.holders, ['license_key', 'tier', 'status', 'expires_at']);
      print(found, !!json, () => `${rows()}\n\n${found.total} in all${more}`);
    });

/** `gatehouse keys reissue`: new files for all licenses in force that a key before has signed. */
export const reissueCommand = (): Command =>
  new Command('reissue')
    .description('sign the licenses in force of a key anew, with the key that signs now; each keeps its expiry')
    .argument('<kid>', 'the key whose files are replaced')
    .option('--mail', 'mail the holders their new file')
    .option('--json', 'print the answer as JSON')
    .action(async (kid: string, { mail, json }: { mail?: boolean; json?: boolean }) => {
      const done = await reissueAll(internalApi(), { kid, mail });
      print(done, !!json, () => `${done.reissued} signed anew, ${done.remaining} remain`);
      if (done.remaining) process.exitCode = 2;
    });

/** A few at a time, until none is left or none of them can be signed. */
export async function reissueAll(api: InternalApi, order: { kid: string; mail?: boolean }): Promise<Reissued> {
  let reissued = 0;
  for (;;) {
    const some = await api.ask<Reissued>('POST', '/internal/blobs/reissue', { json: order });
    reissued += some.reissued;
    if (some.remaining === 0 || some.reissued === 0) return { reissued, remaining: some.remaining };
  }
}
