import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Fetches a package from the mirror that this machine's own apt is set up with, and unpacks it. Needs neither root nor
 * this machine's package lists: all of apt's state is below `dir`. Nothing of the package is run.
 * @param suite the release of Debian, which may be newer than the machine's own
 * @returns the folder that holds the package's files
 */
export async function fetchDebianPackage(dir: string, suite: string, name: string): Promise<string> {
  if (process.platform !== 'linux' || !fs.existsSync(KEYRING)) throw new Error('this machine is no Debian');
  const at = (...names: string[]) => path.join(dir, suite, ...names);
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'deb']) {
    fs.mkdirSync(at(folder), { recursive: true });
  }
  fs.writeFileSync(at('sources.list'), `deb [signed-by=${KEYRING}] ${await mirror()} ${suite} main\n`);
  fs.writeFileSync(at('status'), '');
  const apt = (...args: string[]) =>
    run('apt-get', [...settings(at()), '-qq', ...args], { cwd: at('deb'), timeout: 150_000 });
  await apt('update');
  await apt('download', name);
  const deb = fs.readdirSync(at('deb')).find((file) => file.endsWith('.deb'));
  if (!deb) throw new Error(`the mirror has no ${name} in ${suite}`);
  await run('dpkg', ['-x', at('deb', deb), at('root')]);
  return at('root');
}

async function mirror(): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)']);
  const line = stdout.split('\n').find((target) => target && !/security|updates/.test(target));
  if (!line) throw new Error('apt has no mirror set up');
  return line.split(' ')[0]!;
}

const settings = (dir: string): string[] =>
  [
    `Dir::State=${path.join(dir, 'state')}`,
    `Dir::State::status=${path.join(dir, 'status')}`,
    `Dir::Cache=${path.join(dir, 'cache')}`,
    `Dir::Etc::sourcelist=${path.join(dir, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    'APT::Update::Post-Invoke=',
    'DPkg::Post-Invoke=',
    'Acquire::Languages=none',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=20',
    `APT::Sandbox::User=${os.userInfo().username}`,
  ].flatMap((setting) => ['-o', setting]);
