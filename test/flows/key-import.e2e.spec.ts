import { generateKeyPairSync, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { certifiedKeys, verifyBlob } from '#license-format';
import type { DevInfo } from '#local';
import { gatehouse as runGatehouse } from '../support/command-line.js';
import { eventually } from '../support/eventually.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';

/** What a license says of its signer. */
type Said = Record<'kid' | 'iss' | 'prod', string>;

let dev: DevInfo;
let dir: string;
beforeAll(async () => {
  dev = await stack();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'key-import-'));
}, 180_000);
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const gatehouse = (...args: string[]) => runGatehouse(dev, args, { PWD: dir });

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

it('D-cli D-rotation LIC9: a certificate is made offline, handed out with the keys, and is all that an application needs', async () => {
  const [rootKid, pair] = [`root-${randomUUID()}`, generateKeyPairSync('ed25519')];
  fs.writeFileSync(path.join(dir, 'root.pem'), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }), {
    mode: 0o600,
  });
  const order = ['--name', 'Ada', '--email', `${rootKid}@example.test`, '--tier', 'pro', '--json'];
  const { blob } = JSON.parse((await gatehouse('mint', ...order)).stdout) as { blob: string };
  const { kid, iss, prod } = JSON.parse(Buffer.from(blob.split(/[:.]/)[1]!, 'base64url').toString()) as Said;
  const made = (await gatehouse('keys', 'certify', kid, '--root', 'root.pem', '--root-kid', rootKid)).stdout.trim();
  fs.writeFileSync(path.join(dir, 'key.cert'), `${made}\n`);
  expect((await gatehouse('keys', 'publish', 'key.cert')).stdout).toContain(rootKid);
  expect((await gatehouse('keys', 'publish', made, '--json')).stdout).toContain(made);

  const handedOut = await eventually('the certificate beside the key', 30_000, async () => {
    const { body } = await call('GET', `${dev.public_url}/v1/license/keys`);
    const certificates = (body.keys as { certificates?: string[] }[]).flatMap((key) => key.certificates ?? []);
    return certificates.includes(made) ? certificates : undefined;
  });
  const terms = { now: Date.now() / 1_000, product: prod, issuer: iss };
  const roots = [{ kid: rootKid, key: String(pair.publicKey.export({ format: 'jwk' }).x) }];
  expect(await verifyBlob(blob, await certifiedKeys(handedOut, roots, terms), terms)).toMatchObject({ code: 'VALID' });

  const refused = gatehouse('keys', 'publish', `${made.slice(0, -8)}.nonsense`);
  await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('This is no certificate') });
}, 120_000);
