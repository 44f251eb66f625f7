import { Command } from 'commander';
import { givenFile } from '../given-file.js';
import { breakGlassWarning, mintLocally, type LocalMint } from './break-glass-mint.js';
import { internalApi } from './internal-api.js';
import { print } from './output.js';
import { TIME_FORM, timeOf } from '../time-option.js';
import { Told } from '../told.js';

interface Options {
  json?: boolean;
  expires?: string;
  [option: string]: string | boolean | undefined;
}

type License = Record<'license_key' | 'tier' | 'status' | 'expires_at' | 'name' | 'email' | 'blob', string>;

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
    .option('--expires <time>', `until when it lasts, ${TIME_FORM}`)
    .option('--order <id>', 'order that paid for it; one order makes one license')
    .option('--notes <text>', 'why it was made by hand')
    .option('--break-glass', 'sign on this machine, past services that are down; loud, and only with a --reason')
    .option('--key <file>', 'break-glass: the private key (PEM)')
    .option('--kid <name>', 'break-glass: the name by which the services know the key')
    .option('--issuer <iss>', 'break-glass: as LICENSE_ISSUER of the secrets service', process.env.LICENSE_ISSUER)
    .option('--product <prod>', 'break-glass: as LICENSE_PRODUCT of the secrets service', process.env.LICENSE_PRODUCT)
    .option('--reason <text>', 'break-glass: why this cannot wait')
    .option('--json', 'print the whole answer as JSON')
    .action(async ({ json, years, expires: end, breakGlass, key, kid, issuer, product, reason, ...rest }: Options) => {
      if (years && end) throw new Told('--years and --expires exclude each other.');
      const expires = end && timeOf('--expires', end).toISOString();
      if (breakGlass) return mintPast({ years, expires, key, kid, issuer, product, reason, ...rest }, !!json);
      const terms = expires ? { expires_at: expires } : { years: Number(years ?? 1) };
      const license = await internalApi().ask<License>('POST', '/internal/mint', { json: { ...rest, ...terms } });
      print(license, !!json, () => `${shown(license)}\n${license.blob}`);
    });

/** Makes a license without the services. @throws Error that names what is missing */
function mintPast(given: Omit<Options, 'json'>, json: boolean): void {
  const needed = ['key', 'kid', 'issuer', 'product', 'reason'] as const;
  const missing = needed.filter((name) => typeof given[name] !== 'string');
  if (missing.length) throw new Told(`Break-glass needs ${missing.map((name) => `--${name}`).join(', ')}.`);
  const dir = givenFile('.');
  const order = given as unknown as LocalMint;
  const license = mintLocally({ ...order, key: givenFile(order.key) }, dir);
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
      if (!license_key === !order) throw new Told('Give either a license key or --order.');
      const body = { license_key, gumroad_order_id: order, reason };
      const license = await internalApi().ask<License>('POST', '/internal/revoke', { json: body });
      print(license, !!json, () => shown(license));
    });
