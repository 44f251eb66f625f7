import { Command } from 'commander';
import { parseBlob } from '#license-format';
import { print } from '../operator/output.js';
import { TIME_FORM, timeOf } from '../time-option.js';
import { Told } from '../told.js';
import { claimsIn, judgeBlob, judgeToken } from './judgement.js';
import { isToken, textOf, trustFrom, type Trust } from './license-trust.js';

interface Options {
  keys?: string;
  revocations?: string;
  product?: string;
  issuer?: string;
  at?: string;
  lastOnline?: string;
  graceDays?: string;
  json?: boolean;
}

const LICENSE = '<license file, license token, or the name of a file with one>';
const KEYS = [
  '--keys <file or URL>',
  'public keys: a file, or the address of …/v1/license/keys; default: those of the running system, with its revocation list',
] as const;
const REVOCATIONS = [
  '--revocations <file or URL>',
  'the signed revocation list: a file, or the address of …/v1/license/revocations',
] as const;

/** `gatehouse license verify | explain`: judges a license as an application does. */
export const licenseCommand = (): Command =>
  new Command('license')
    .description('judge license files and license tokens offline')
    .addCommand(verifyCommand())
    .addCommand(explainCommand());

const verifyCommand = (): Command =>
  new Command('verify')
    .description(
      'whether a license file is genuine and in force, or a license token lets its holder work offline; exit code 1 when not',
    )
    .argument(LICENSE)
    .option(...KEYS)
    .option(...REVOCATIONS)
    .option('--product <name>', 'file: the product that asks; default: the one that the file names')
    .option('--grace-days <n>', 'file: so many days after its end it still counts (default 0)')
    .option('--issuer <iss>', 'token: who has to have issued it; default: the one that the token names')
    .option(
      '--last-online <time>',
      `token: when the server was reached last, ${TIME_FORM}; default: when the token was made`,
    )
    .option('--at <time>', `judge as at this time, ${TIME_FORM}; default: now`)
    .option('--json', 'print the verdict as JSON')
    .action(async (given: string, options: Options) => {
      const verdict = await judge(textOf(given), await trustFrom(options), options);
      print(verdict, !!options.json, () => `${verdict.code}: ${verdict.detail}`);
      process.exitCode = ('allowed' in verdict ? verdict.allowed : verdict.valid) ? 0 : 1;
    });

const explainCommand = (): Command =>
  new Command('explain')
    .description('what a license file or a license token says, without judging it')
    .argument(LICENSE)
    .option('--json', 'as JSON, which it is anyway')
    .action((given: string) => {
      const said = whatIsSaid(textOf(given));
      process.stdout.write(`${JSON.stringify({ ...said, ...datesOf(said) }, null, 2)}\n`);
    });

function judge(text: string, trust: Trust, options: Options) {
  const { product, issuer, at, lastOnline, graceDays } = options;
  const now = at === undefined ? Date.now() / 1000 : secondsOf('--at', at);
  if (isToken(text)) {
    const last = lastOnline === undefined ? undefined : secondsOf('--last-online', lastOnline);
    return judgeToken(text, trust, { now, issuer, lastOnline: last });
  }
  return judgeBlob(text, trust, { now, product, grace_days: daysOf(graceDays ?? '0') });
}

function whatIsSaid(text: string): object {
  const claims = isToken(text) ? claimsIn(text) : undefined;
  if (claims) return claims;
  const parsed = parseBlob(text);
  if ('problem' in parsed) throw new Told(`This is no license: ${parsed.problem}`);
  return parsed.payload;
}

const DATES = { iat: 'issued_at', nbf: 'valid_from', exp: 'expires_at' };

/** The times that are said in seconds, as people write them. */
const datesOf = (said: Partial<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(DATES).flatMap(([member, name]) => {
      const time = new Date(Number(said[member] ?? NaN) * 1000);
      return Number.isNaN(time.getTime()) ? [] : [[name, time.toISOString()]];
    }),
  );

const secondsOf = (option: string, text: string): number => timeOf(option, text).getTime() / 1000;

function daysOf(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new Told('--grace-days must be a whole number of days.');
  return Number(text);
}
