import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { obtainNatsServer } from '#local';
import { testDir } from '../support/run.js';
import { composeEnvironment, secretsIn } from './app-environment.js';
import type { Manifest } from './manifest.js';

const state = path.join(testDir('deploy'), 'state');

const deploy = (kind: 'compose' | 'kubernetes'): string =>
  execFileSync(process.execPath, ['dist/apps/cli/src/main.js', 'deploy', kind, '--state', state], { encoding: 'utf8' });

/** Every file of the state folder with its mode and content. */
const snapshot = (): Record<string, string> =>
  Object.fromEntries(
    fs
      .readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [file, `${(fs.statSync(file).mode & 0o777).toString(8)} ${fs.readFileSync(file, 'base64')}`]),
  );

/** Secrets and their keys as the table in k8s/README.md has them. */
const documented = (): string[] =>
  [...fs.readFileSync('k8s/README.md', 'utf8').matchAll(/^\| `(gatehouse-[a-z-]+)`/gm)].map(([, name]) => name!);

describe('`deploy compose`', () => {
  it('SEC15: writes every file that docker-compose.yml mounts, for its owner only', () => {
    deploy('compose');
    const compose = fs.readFileSync('docker-compose.yml', 'utf8');
    const named = [...compose.matchAll(/\.gatehouse-deploy\/([\w./-]+)/g)].map(([, name]) => path.join(state, name!));
    const files = snapshot();
    const ours = named.filter((file) => !file.endsWith('.settings.env'));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(ours));
    for (const [file, content] of Object.entries(files)) expect([file, content.slice(0, 4)]).toEqual([file, '600 ']);
  });

  it('changes nothing when it runs again, the operator’s own settings included', () => {
    fs.writeFileSync(path.join(state, 'identity.settings.env'), 'STEAM_SIGN_IN=true\n', { mode: 0o600 });
    const before = snapshot();
    deploy('compose');
    expect(snapshot()).toEqual(before);
    expect(composeEnvironment('identity', state).STEAM_SIGN_IN).toBe('true');
  });

  it('writes a policy that nats-server accepts', async () => {
    const check = spawnSync(await obtainNatsServer(), ['-t', '-c', path.join(state, 'nats.conf')], {
      encoding: 'utf8',
    });
    expect([check.status, check.stderr]).toEqual([0, expect.stringContaining('is valid')]);
  });
});

describe('`deploy kubernetes`', () => {
  const secrets = (text: string) => secretsIn(parseAllDocuments(text).map((document) => document.toJS() as Manifest));

  it('OPS11: prints exactly the Secrets that k8s/README.md lists, the same each time', () => {
    const text = deploy('kubernetes');
    expect(Object.keys(secrets(text)).sort()).toEqual(documented().sort());
    expect(deploy('kubernetes')).toBe(text);
  });

  it('SEC15: carries the key-encryption key byte for byte, and seeds without a line break', () => {
    const { 'gatehouse-secrets': own } = secrets(deploy('kubernetes'));
    expect(own!.kek).toEqual(fs.readFileSync(path.join(state, 'kek')));
    expect(own!.kek).toHaveLength(32);
    expect(own!['nats.seed']).toMatch(/^SU[A-Z2-7]{56}$/);
  });
});
