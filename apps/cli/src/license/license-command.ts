import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parseBlob, verifyBlob, type LicensePublicKey, type Verdict } from '#license-format';
import { accessFrom } from '../operator/internal-api.js';
import { print } from '../operator/output.js';

interface Options {
  keys?: string;
  product?: string;
  json?: boolean;
}

const KEYS = ['--keys <file or URL>', 'public keys: a file, or the address of …/v1/license/keys'] as const;

/** `gatehouse license verify | explain`: judges a license file as an application does. */
export function licenseCommand(): Command {
  const command = new Command('license').description('judge license files offline');
  command
    .command('verify')
    .description('whether a license file is genuine and in force; exit code 1 when not')
    .argument('<blob or file>')
    .option(...KEYS)
    .option('--product <name>', 'the product that asks; default: the one that the file names')
    .option('--json', 'print the verdict as JSON')
    .action(async (given: string, options: Options) => {
      const verdict = await judge(textOf(given), await keysFrom(options.keys), options.product);
      print(verdict, !!options.json, () => `${verdict.code}: ${verdict.detail}`);
      process.exitCode = verdict.valid ? 0 : 1;
    });
  command
    .command('explain')
    .description('what a license file says, without judging it')
    .argument('<blob or file>')
    .action((given: string) => {
      const parsed = parseBlob(textOf(given));
      if ('problem' in parsed) throw new Error(`This is no license: ${parsed.problem}`);
      process.stdout.write(`${JSON.stringify({ ...parsed.payload, ...datesOf(parsed.payload) }, null, 2)}\n`);
    });
  return command;
}

/** The verdict on a license file at this moment. */
export function judge(blob: string, keys: LicensePublicKey[], product?: string): Promise<Verdict> {
  const parsed = parseBlob(blob);
  const asked = product ?? ('payload' in parsed ? parsed.payload.prod : '');
  return verifyBlob(blob, keys, { now: Date.now() / 1000, product: asked });
}

const datesOf = (payload: { iat: number; nbf: number; exp: number }) => ({
  issued_at: new Date(payload.iat * 1000).toISOString(),
  valid_from: new Date(payload.nbf * 1000).toISOString(),
  expires_at: new Date(payload.exp * 1000).toISOString(),
});

const fileOf = (name: string): string => path.resolve(process.env.INIT_CWD ?? process.env.PWD ?? '.', name);

function textOf(given: string): string {
  return given.startsWith('DTLIC2:') ? given.trim() : fs.readFileSync(fileOf(given), 'utf8').trim();
}

async function keysFrom(source: string | undefined): Promise<LicensePublicKey[]> {
  const from = source ?? `${accessFrom(process.env).publicUrl}/v1/license/keys`;
  const text = /^https?:/.test(from) ? await (await fetch(from)).text() : fs.readFileSync(fileOf(from), 'utf8');
  const said = JSON.parse(text) as { keys?: LicensePublicKey[] } | LicensePublicKey[];
  const keys = Array.isArray(said) ? said : (said.keys ?? []);
  return keys.filter((key) => typeof key.key === 'string');
}
