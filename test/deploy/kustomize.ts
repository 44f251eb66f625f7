import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheDir } from '#local';

/** Debian suites whose kustomize knows components, the quieter one first. */
const SUITES = ['forky', 'sid'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const works = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** Renders an overlay with kubectl or kustomize: the one on PATH, else one fetched from the machine's own apt mirror. */
export function render(overlay: string): string {
  const options = { encoding: 'utf8' as const, maxBuffer: 16 * 1024 * 1024 };
  if (works('kubectl', 'kustomize', '--help')) return execFileSync('kubectl', ['kustomize', overlay], options);
  const kustomize = works('kustomize', 'version') ? 'kustomize' : fetched();
  return execFileSync(kustomize, ['build', overlay], options);
}

function fetched(): string {
  const kept = path.join(cacheDir(), 'kustomize');
  if (existsSync(kept)) return kept;
  mkdirSync(cacheDir(), { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(path.join(cacheDir(), 'kustomize-'));
  try {
    for (const suite of SUITES) {
      const binary = fromSuite(draft, suite);
      if (!binary) continue;
      renameSync(binary, kept);
      return kept;
    }
    throw new Error('kustomize is missing: install kubectl or kustomize 5, so that k8s/ can be rendered');
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Needs neither root nor this machine's package lists: all of apt's state is below `dir`. */
function fromSuite(dir: string, suite: string): string | undefined {
  const targets = spawnSync('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)'], { encoding: 'utf8' }).stdout;
  const mirror = (targets ?? '')
    .split('\n')
    .find((line) => line && !/security|updates/.test(line))
    ?.split(' ')[0];
  if (!mirror) return undefined;
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(path.join(dir, folder), { recursive: true });
  writeFileSync(path.join(dir, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
  writeFileSync(path.join(dir, 'status'), '');
  const settings = [
    `Dir::State=${dir}/state`,
    `Dir::State::status=${dir}/status`,
    `Dir::Cache=${dir}/cache`,
    `Dir::Etc::sourcelist=${dir}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    'APT::Update::Post-Invoke=',
    'DPkg::Post-Invoke=',
    'Acquire::Languages=none',
    `APT::Sandbox::User=${os.userInfo().username}`,
  ].flatMap((setting) => ['-o', setting]);
  const apt = (...args: string[]) => spawnSync('apt-get', [...settings, '-qq', ...args], { cwd: dir, stdio: 'ignore' });
  if (apt('update').status !== 0 || apt('download', 'kustomize').status !== 0) return undefined;
  const deb = readdirSync(dir).find((name) => name.endsWith('.deb'));
  if (!deb || spawnSync('dpkg', ['-x', deb, 'root'], { cwd: dir }).status !== 0) return undefined;
  return path.join(dir, 'root/usr/bin/kustomize');
}
