import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { LocalProblem, type DevInfo } from '#local';
import { givenFile, givenText } from '../given-file.js';
import { readJson, StateFolder, writePrivate } from '../state/state-folder.js';
import { internalApi } from './internal-api.js';
import { print } from './output.js';
import { rotateDataKeysCommand, rotateKekCommand, rotationCommand } from './rotation-commands.js';

type Counts = Record<string, number>;
type Sealing = { publicKey: string } | { passphrase: string };
type Opening = { privateKey: string } | { passphrase: string };

/** What the secrets service brings along for this. */
interface BreakGlassFile {
  makeRecoveryKey(): { publicKey: string; privateKey: string };
  withBreakGlass<T>(env: NodeJS.ProcessEnv, work: (breakGlass: BreakGlass) => Promise<T>): Promise<T>;
}

interface Moved {
  counts: Counts;
  sha256: string;
}

interface BreakGlass {
  export(file: string, recipient: Sealing, by: string): Promise<Moved>;
  import(file: string, opener: Opening, by: string, digest?: string): Promise<Moved>;
}

interface ExportOptions {
  to?: string;
  passphraseFile?: string;
  json?: boolean;
}

interface ImportOptions {
  keyFile?: string;
  passphraseFile?: string;
  sha256?: string;
  json?: boolean;
}

/** `gatehouse secrets`: the keys of the secrets service, also when it cannot help itself any more. */
export const secretsCommand = (): Command =>
  new Command('secrets')
    .description('seal the service, rotate what its keys are wrapped by, take all secrets out and put them back')
    .addHelpText(
      'after',
      '\nexport and import work on the database itself, with the environment of the secrets service\n' +
        '(DATABASE_URL, KEK_FILE or KEK_PROVIDER …); without it they mean the embedded system.',
    )
    .addCommand(recoveryKeyCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand())
    .addCommand(sealCommand('seal', 'take all keys out of the service’s memory: nothing is signed or opened any more'))
    .addCommand(sealCommand('unseal', 'let the service open its keys again'))
    .addCommand(rotationCommand())
    .addCommand(rotateKekCommand())
    .addCommand(rotateDataKeysCommand());

const recoveryKeyCommand = (): Command =>
  new Command('recovery-key')
    .description('make a key pair for exports: the private half goes into a file, the public half is printed')
    .argument('<file>')
    .action(async (file: string) => {
      const target = givenFile(file);
      if (fs.existsSync(target)) throw new LocalProblem(`${target} is there already`, 'name another file');
      const { publicKey, privateKey } = (await breakGlass()).makeRecoveryKey();
      writePrivate(target, `${privateKey}\n`);
      process.stdout.write(`${publicKey}\n`);
    });

const exportCommand = (): Command =>
  new Command('export')
    .description('write every key and every secret into a sealed file; the audit log records it')
    .argument('<file>')
    .option('--to <public key>', 'recovery key that it is sealed for')
    .option('--passphrase-file <file>', 'file with the passphrase that it is sealed by, instead')
    .option('--json', 'print the counts as JSON')
    .action(async (file: string, { to, passphraseFile, json }: ExportOptions) => {
      const recipient = to ? { publicKey: to } : { passphrase: readSecret('--to', passphraseFile) };
      const { withBreakGlass } = await breakGlass();
      const moved = await withBreakGlass(environment(), (it) => it.export(givenFile(file), recipient, operator()));
      print({ ...moved.counts, sha256: moved.sha256 }, !!json, () => `${shown(moved)}\nSealed into ${givenFile(file)}`);
      process.stderr.write(
        'Keep the SHA-256 with the private key, apart from the file: anybody can seal a file for you.\n',
      );
    });

const importCommand = (): Command =>
  new Command('import')
    .description(
      'put an export back under the present key-encryption key, into a database in use its keys alone; stop the service before',
    )
    .argument('<file>')
    .option('--key-file <file>', 'file with the private half of the recovery key')
    .option('--passphrase-file <file>', 'file with the passphrase, instead')
    .option('--sha256 <digest>', 'what the export told: nothing is taken from any other file')
    .option('--json', 'print the counts as JSON')
    .action(async (file: string, { keyFile, passphraseFile, sha256, json }: ImportOptions) => {
      const opener = keyFile
        ? { privateKey: readSecret('--key-file', keyFile) }
        : { passphrase: readSecret('--key-file', passphraseFile) };
      const { withBreakGlass } = await breakGlass();
      const digest = sha256?.trim().toLowerCase();
      const moved = await withBreakGlass(environment(), (it) => it.import(givenFile(file), opener, operator(), digest));
      print({ ...moved.counts, sha256: moved.sha256 }, !!json, () => `${shown(moved)}\nStart the service again.`);
    });

interface SealState {
  sealed: boolean;
  since: string | null;
}

/** Through the internal API: it is the running service that is told. */
const sealCommand = (name: 'seal' | 'unseal', description: string): Command =>
  new Command(name)
    .description(description)
    .option('--json', 'print the state as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const state = await internalApi().ask<SealState>('POST', `/internal/keys/${name}`);
      print(state, !!json, () => (state.sealed ? `Sealed since ${state.since}` : 'Unsealed'));
    });

/** Found where the build keeps it, as migrations are: the command is the one that knows the other apps. */
async function breakGlass(): Promise<BreakGlassFile> {
  const file = path.resolve('dist/apps/secrets/src/break-glass/break-glass.js');
  if (!fs.existsSync(file)) throw new LocalProblem(`${file} is missing`, 'run `npm run build`');
  return (await import(file)) as BreakGlassFile;
}

/** The service's own, else that of the system on this machine. */
function environment(env = process.env, folder = StateFolder.fromEnv(env)): NodeJS.ProcessEnv {
  if (env.DATABASE_URL) return env;
  if (!fs.existsSync(folder.devJson)) {
    throw new LocalProblem(
      'there is no database to work on: no system on this machine, and the environment names none',
      'run it with the environment of the secrets service',
    );
  }
  const { postgres, nats, public_url } = readJson<DevInfo>(folder.devJson)!;
  return {
    KEK_FILE: folder.kek,
    ...env,
    DATABASE_URL: postgres.secrets,
    NATS_URL: nats.url,
    NATS_SEED_FILE: nats.users.secrets,
    INTERNAL_PORT: '0',
    PUBLIC_URL: public_url,
    LICENSE_ISSUER: 'none',
    LICENSE_PRODUCT: 'none',
  };
}

function readSecret(instead: string, file: string | undefined): string {
  if (!file) throw new LocalProblem('there is nothing to seal or open it with', `give ${instead} or --passphrase-file`);
  return givenText(file);
}

const operator = (): string => os.userInfo().username;

const shown = ({ counts, sha256 }: Moved): string =>
  [...Object.entries(counts), ['SHA-256', sha256]].map(([name, value]) => `${name}: ${value}`).join('\n');
