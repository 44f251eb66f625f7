import fs from 'node:fs';
import { Command } from 'commander';
import { givenFile } from '../given-file.js';
import { certifyCommand, publishCommand } from './certify-command.js';
import { accessFrom, internalApi, reach } from './internal-api.js';
import { keyText } from './keys-file.js';
import { print, table } from './output.js';
import { holdersCommand, reissueCommand } from './reissue-commands.js';
import { TIME_FORM, timeOf } from '../time-option.js';
import { Told } from '../told.js';

type Key = Record<'kid' | 'purpose' | 'alg' | 'state' | 'not_before', string> & { not_after: string | null };

const COLUMNS = ['kid', 'purpose', 'alg', 'state', 'not_before', 'not_after'];
const show = (key: Key, json: boolean | undefined): void => print(key, !!json, () => table([key], COLUMNS));

/** `gatehouse keys list | rotate | holders | reissue | import | certify | publish`: the keys that sign licenses. */
export const keysCommand = (): Command =>
  new Command('keys')
    .description('the keys that sign licenses and tokens')
    .addCommand(listCommand())
    .addCommand(rotateCommand())
    .addCommand(holdersCommand())
    .addCommand(reissueCommand())
    .addCommand(importCommand())
    .addCommand(certifyCommand())
    .addCommand(publishCommand());

const listCommand = (): Command =>
  new Command('list')
    .description('the keys that licenses are verified with, oldest first')
    .option('--json', 'print the whole answer as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const answer = await reach(`${accessFrom(process.env).publicUrl}/v1/license/keys`);
      if (!answer.ok) throw new Told(`The keys cannot be read: ${answer.status}`);
      const listed = (await answer.json()) as { keys: Key[] };
      print(listed, !!json, () => table(listed.keys, COLUMNS));
    });

const rotateCommand = (): Command =>
  new Command('rotate')
    .description('let a new key sign; the one before goes on verifying through the overlap')
    .option('--purpose <purpose>', 'what the key is for', 'license_blob')
    .option('--alg <alg>', 'RS256, ES256 or EdDSA; default: the purpose’s usual one')
    .option('--compromised', 'others know the key before: nothing that it signed is valid any more')
    .option('--json', 'print the whole answer as JSON')
    .action(async ({ json, ...order }: { json?: boolean; purpose: string; alg?: string; compromised?: boolean }) => {
      show(await internalApi().ask<Key>('POST', '/internal/keys/rotate', { json: order }), json);
    });

interface ImportOptions {
  use: string;
  kid?: string;
  until?: string;
  json?: boolean;
}

const importCommand = (): Command =>
  new Command('import')
    .description('take over an Ed25519 key that has signed licenses elsewhere')
    .argument('<file>', 'PEM or DER (PKCS#8), or the 32-byte seed: raw, base64 or hex')
    .option('--use <use>', '`verify`: what it signed is genuine; `sign`: it signs from now on', 'verify')
    .option('--kid <name>', 'the name by which its licenses call it; default: made from the public key')
    .option('--until <time>', `until when a verify-only key verifies, ${TIME_FORM}; default: for ten years`)
    .option('--json', 'print the whole answer as JSON')
    .action(async (given: string, { use, kid, until, json }: ImportOptions) => {
      const not_after = until === undefined ? undefined : timeOf('--until', until).toISOString();
      const file = givenFile(given);
      warnOfReaders(file);
      const key = keyText(fs.readFileSync(file));
      const body = { key, use, kid, not_after };
      show(await internalApi().ask<Key>('POST', '/internal/keys/import', { json: body }), json);
      process.stderr.write('The key is in the secrets service now. Keep its file offline, or destroy it.\n');
    });

/** A private key that others on this machine can read may be known to them. */
function warnOfReaders(file: string): void {
  if (process.platform !== 'win32' && (fs.statSync(file).mode & 0o077) !== 0) {
    process.stderr.write(`Others on this machine can read ${file}: whoever has done so can forge licenses.\n`);
  }
}
