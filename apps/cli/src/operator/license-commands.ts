import path from 'node:path';
import { Command } from 'commander';
import { breakGlassWarning, mintLocally, type LocalMint } from './break-glass-mint.js';
import { accessFrom, InternalApi } from './internal-api.js';
import { print, table } from './output.js';

interface Options {
  json?: boolean;
  [option: string]: string | boolean | undefined;
}

type License = Record<'license_key' | 'tier' | 'status' | 'expires_at' | 'name' | 'email' | 'blob', string>;

const api = (): InternalApi => new InternalApi(accessFrom(process.env));
const shown = (license: License): string =>
  `${license.license_key}  ${license.tier}  ${license.status}  until ${license.expires_at.slice(0, 10)}`;

/** `gatehouse mint`: a license by hand. */
export const mintCommand = (): Command =>
  new Command('mint')
    .description('make a license')
    .requiredOption('--name <name>', 'who it is for')
    .requiredOption('--email <address>', 'where it is mailed to')
    .requiredOption('--tier <tier>', 'lite, core, pro or enterprise')
    .option('--years <n>', 'how long it lasts (default 1, unless --expires is given)')
    .option('--expires <time>', 'until when it lasts, RFC 3339')
    .option('--order <id>', 'order that paid for it; one order makes one license')
    .option('--notes <text>', 'why it was made by hand')
    .option('--break-glass', 'sign on this machine, past services that are down; loud, and only with a --reason')
    .option('--key <file>', 'break-glass: the private key (PEM)')
    .option('--kid <name>', 'break-glass: the name by which the services know the key')
    .option('--issuer <iss>', 'break-glass: as LICENSE_ISSUER of the secrets service', process.env.LICENSE_ISSUER)
    .option('--product <prod>', 'break-glass: as LICENSE_PRODUCT of the secrets service', process.env.LICENSE_PRODUCT)
    .option('--reason <text>', 'break-glass: why this cannot wait')
    .option('--json', 'print the whole answer as JSON')
    .action(async ({ json, years, expires, breakGlass, key, kid, issuer, product, reason, ...rest }: Options) => {
      if (breakGlass) return mintPast({ years, expires, key, kid, issuer, product, reason, ...rest }, !!json);
      const terms = expires ? { expires_at: expires } : { years: Number(years ?? 1) };
      const license = await api().ask<License>('POST', '/internal/mint', { json: { ...rest, ...terms } });
      print(license, !!json, () => `${shown(license)}\n${license.blob}`);
    });

/** Makes a license without the services. @throws Error that names what is missing */
function mintPast(given: Omit<Options, 'json'>, json: boolean): void {
  const needed = ['key', 'kid', 'issuer', 'product', 'reason'] as const;
  const missing = needed.filter((name) => typeof given[name] !== 'string');
  if (missing.length) throw new Error(`Break-glass needs ${missing.map((name) => `--${name}`).join(', ')}.`);
  const dir = process.env.INIT_CWD ?? process.env.PWD ?? '.';
  const order = given as unknown as LocalMint;
  const license = mintLocally({ ...order, key: path.resolve(dir, order.key) }, dir);
  process.stderr.write(breakGlassWarning(dir));
  print(license, json, () => `${license.license_key}\n${license.blob}`);
}

/** `gatehouse revoke`: a license out of force for good. */
export const revokeCommand = (): Command =>
  new Command('revoke')
    .description('revoke a license for good')
    .argument('[license_key]')
    .option('--order <id>', 'the order that it was made for, instead of its key')
    .option('--reason <text>')
    .option('--json', 'print the whole answer as JSON')
    .action(async (license_key: string | undefined, { order, reason, json }: Options) => {
      const body = { license_key, gumroad_order_id: order, reason };
      const license = await api().ask<License>('POST', '/internal/revoke', { json: body });
      print(license, !!json, () => shown(license));
    });

interface Listing {
  name: string;
  description: string;
  path: string;
  /** Member of the answer that holds the rows. */
  member: string;
  filters: string[];
  columns: string[];
}

const LISTINGS: Record<string, Listing> = {
  licenses: {
    name: 'licenses',
    description: 'look licenses up, newest first',
    path: '/internal/licenses',
    member: 'licenses',
    filters: ['email', 'license_key', 'order', 'tier', 'status'],
    columns: ['license_key', 'tier', 'status', 'expires_at', 'email', 'gumroad_order_id'],
  },
  orders: {
    name: 'orders',
    description: 'look orders up, newest first',
    path: '/internal/orders',
    member: 'orders',
    filters: ['email', 'order_id'],
    columns: ['store', 'order_id', 'standing', 'license_key', 'product', 'updated_at'],
  },
  events: {
    name: 'events',
    description: 'look at what the stores have told, newest first',
    path: '/internal/storefront-events',
    member: 'events',
    filters: ['state', 'sale_id'],
    columns: ['id', 'store', 'sale_id', 'resource_name', 'state', 'error', 'received_at'],
  },
  mail: {
    name: 'mail',
    description: 'look at the mail outbox, newest first',
    path: '/internal/mail',
    member: 'mail',
    filters: ['state', 'license_key'],
    columns: ['id', 'template', 'state', 'attempts', 'error', 'created_at'],
  },
};

/** `gatehouse licenses | orders | events | mail`: a page of rows. */
export function listCommand(name: keyof typeof LISTINGS): Command {
  const { description, path, member, filters, columns } = LISTINGS[name]!;
  const command = new Command(name as string).description(description);
  for (const filter of filters) command.option(`--${filter.replaceAll('_', '-')} <value>`);
  command.option('--limit <n>', 'rows, at most 200').option('--cursor <cursor>', 'where the page before ended');
  return command.option('--json', 'print the whole answer as JSON').action(async (options: Options) => {
    const query = Object.fromEntries(
      [...filters, 'limit', 'cursor'].map((filter) => [filter, options[camel(filter)] as string | undefined]),
    );
    const page = await api().ask<Record<string, never>>('GET', path, { query });
    const more = page.next_cursor ? `\nMore: --cursor ${String(page.next_cursor)}` : '';
    print(page, !!options.json, () => `${table(page[member]!, columns)}${more}`);
  });
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
