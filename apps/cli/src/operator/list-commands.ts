import { Command } from 'commander';
import { internalApi } from './internal-api.js';
import { print, table } from './output.js';

type Options = Record<string, string | boolean | undefined>;

interface Listing {
  description: string;
  path: string;
  filters: string[];
  columns: string[];
  alias?: string;
  /** What can be done once more with a row of it. */
  again?: { name: string; description: string };
}

type Name = 'licenses' | 'orders' | 'events' | 'mail' | 'imports' | 'reconciliations';

/** By the command, which is also the member of the answer that holds the rows. */
const LISTINGS: Record<Name, Listing> = {
  licenses: {
    alias: 'list',
    description: 'look licenses up, newest first',
    path: '/internal/licenses',
    filters: ['email', 'license_key', 'order', 'tier', 'status'],
    columns: ['license_key', 'tier', 'status', 'expires_at', 'email', 'gumroad_order_id'],
  },
  orders: {
    description: 'look orders up, newest first',
    path: '/internal/orders',
    filters: ['store', 'standing', 'email', 'order_id'],
    columns: ['store', 'order_id', 'standing', 'license_key', 'product', 'updated_at'],
  },
  events: {
    description: 'look at what the stores have told, newest first',
    path: '/internal/storefront-events',
    filters: ['store', 'state', 'sale_id'],
    columns: ['id', 'store', 'sale_id', 'resource_name', 'state', 'error', 'received_at'],
    again: { name: 'replay', description: 'work on an event once more; what is done already stays as it is' },
  },
  mail: {
    description: 'look at the mail outbox, newest first',
    path: '/internal/mail',
    filters: ['to', 'state', 'license_key'],
    columns: ['id', 'template', 'to', 'state', 'attempts', 'error', 'created_at'],
    again: { name: 'resend', description: 'send a mail once more, also one that bounced or was held back' },
  },
  imports: {
    description: 'look at what was imported, newest first',
    path: '/internal/imports',
    filters: [],
    columns: ['id', 'format', 'state', 'added', 'rejected', 'requested_by', 'started_at'],
  },
  reconciliations: {
    description: 'look at comparisons with the stores, the reconciler’s own among them, newest first',
    path: '/internal/reconciliations',
    filters: ['kind', 'drifted'],
    columns: ['id', 'kind', 'mode', 'state', 'since', 'drifted', 'finished_at'],
  },
};

/** `gatehouse mail resend` and `gatehouse events replay`. */
const againCommand = ({ name, description }: { name: string; description: string }, path: string, columns: string[]) =>
  new Command(name)
    .description(description)
    .argument('<id>')
    .option('--json', 'print the whole answer as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const row = await internalApi().ask<Record<string, unknown>>('POST', `${path}/${encodeURIComponent(id)}/${name}`);
      print(row, !!json, () => table([row], columns));
    });

/** `gatehouse licenses | orders | events | mail | imports | reconciliations`: a page of rows. */
export function listCommand(name: Name): Command {
  const { description, path, filters, columns, alias, again } = LISTINGS[name];
  const command = new Command(name).description(description);
  if (alias) command.alias(alias);
  if (again) command.addCommand(againCommand(again, path, columns));
  for (const filter of filters) command.option(`--${filter.replaceAll('_', '-')} <value>`);
  command.option('--limit <n>', 'rows, at most 200').option('--cursor <cursor>', 'where the page before ended');
  return command.option('--json', 'print the whole answer as JSON').action(async (options: Options) => {
    const query = Object.fromEntries(
      [...filters, 'limit', 'cursor'].map((filter) => [filter, options[camel(filter)] as string | undefined]),
    );
    const page = await internalApi().ask<Record<string, never>>('GET', path, { query });
    const more = page.next_cursor ? `\nMore: --cursor ${String(page.next_cursor)}` : '';
    print(page, !!options.json, () => `${table(page[name]!, columns)}${more}`);
  });
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
