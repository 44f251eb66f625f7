import { Command } from 'commander';
import { internalApi } from './internal-api.js';
import { print, table } from './output.js';

type Suppression = Record<'id' | 'reason' | 'source' | 'created_at', string> & { mail_id: string | null };

const PATH = '/internal/mail/suppressions';
const COLUMNS = ['id', 'reason', 'source', 'mail_id', 'created_at'];

/** `gatehouse suppressions list | add | lift`: addresses that get no mail. */
export function suppressionsCommand(): Command {
  const command = new Command('suppressions').description('addresses that get no mail, after a bounce or a complaint');
  command
    .command('list')
    .description('the newest ones; addresses are kept as hashes, so ask with --email for one of them')
    .option('--email <address>')
    .option('--limit <n>', 'rows, at most 200')
    .option('--json', 'print the whole answer as JSON')
    .action(async ({ json, ...query }: { json?: boolean; email?: string; limit?: string }) => {
      const page = await internalApi().ask<{ suppressions: Suppression[] }>('GET', PATH, { query });
      print(page, !!json, () => table(page.suppressions, COLUMNS));
    });
  command
    .command('add')
    .description('let an address get no more mail')
    .argument('<email>')
    .option('--json', 'print the whole answer as JSON')
    .action(async (email: string, { json }: { json?: boolean }) => {
      const added = await internalApi().ask<Suppression>('POST', PATH, { json: { email } });
      print(added, !!json, () => table([added], COLUMNS));
    });
  command
    .command('lift')
    .description('let an address get mail again; what was held back is sent by `gatehouse mail resend`')
    .argument('<email>')
    .option('--json', 'print the answer as JSON')
    .action(async (email: string, { json }: { json?: boolean }) => {
      await internalApi().ask('DELETE', `${PATH}/${encodeURIComponent(email)}`);
      print({ lifted: true }, !!json, () => 'The address gets mail again.');
    });
  return command;
}
