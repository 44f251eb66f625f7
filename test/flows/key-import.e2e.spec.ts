import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';

const CLI = path.resolve(__dirname, '../../dist/apps/cli/src/main.js');
let dev: DevInfo;
let dir: string;
beforeAll(async () => {
  dev = await stack();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'key-import-'));
}, 180_000);
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

function gatehouse(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    PWD: dir,
    GATEHOUSE_URL: dev.public_url,
    GATEHOUSE_INTERNAL_URL: dev.internal_url,
    GATEHOUSE_CALLER_SECRET: dev.internal_callers['creator-cli'],
  };
  return promisify(execFile)(process.execPath, [CLI, ...args], { env });
}

it('D-kms D-cli A-legacy: a key of another tool is imported, what it signed is in force, and break-glass is made up for', async () => {
  const kid = `old-${randomUUID()}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  fs.writeFileSync(path.join(dir, 'old.pem'), pem, { mode: 0o600 });
  const order = ['--name', 'Ada', '--email', `${kid}@example.test`, '--tier', 'pro', '--kid', kid];
  const made = await gatehouse(
    ...['mint', '--break-glass', ...order, '--issuer', 'studio', '--product', 'datatools', '--key', 'old.pem'],
    ...['--reason', 'the services were down all morning', '--json'],
  );
  expect(made.stderr).toContain('BREAK-GLASS');
  const { blob, license_key } = JSON.parse(made.stdout) as { blob: string; license_key: string };
  const validate = async () => (await call('POST', `${dev.public_url}/v1/license/validate`, { json: { blob } })).body;
  expect(await validate()).toMatchObject({ valid: false, code: 'UNKNOWN_KEY' });

  const imported = JSON.parse((await gatehouse('keys', 'import', 'old.pem', '--kid', kid, '--json')).stdout) as object;
  expect(imported).toMatchObject({ kid, state: 'retiring' });
  await eventually('the key among the public ones', 30_000, async () =>
    (await gatehouse('keys', 'list')).stdout.includes(kid) ? true : undefined,
  );
  expect((await gatehouse('license', 'verify', blob)).stdout).toContain('VALID');

  await gatehouse('import', 'break-glass.licenses.jsonl');
  expect((await gatehouse('licenses', '--license-key', license_key)).stdout).toContain(license_key);
  expect(await validate()).toMatchObject({ valid: true, code: 'VALID' });
}, 120_000);
