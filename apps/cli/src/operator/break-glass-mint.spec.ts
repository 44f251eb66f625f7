import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { verifyBlob } from '#license-format';
import { mintLocally, type LocalMint } from './break-glass-mint.js';
import { BreakGlassTrail } from './break-glass-trail.js';

let dir: string;
const pair = generateKeyPairSync('ed25519');
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'break-glass-'));
  fs.writeFileSync(path.join(dir, 'key.pem'), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }), {
    mode: 0o600,
  });
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const order = (more: Partial<LocalMint> = {}): LocalMint => ({
  ...{ name: 'Ada', email: 'ada@example.test', tier: 'pro', key: path.join(dir, 'key.pem'), kid: 'k1' },
  ...{ issuer: 'studio', product: 'datatools', reason: 'the database is away and a customer waits' },
  ...more,
});
const trailFile = () => path.join(dir, 'break-glass.audit.jsonl');
const lines = (file: string) =>
  fs
    .readFileSync(path.join(dir, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);

it('D-cli: a license is made with a key in a file, and is one that applications take', async () => {
  const { blob, license_key } = mintLocally(order(), dir);
  const keys = [{ kid: 'k1', key: String(pair.publicKey.export({ format: 'jwk' }).x) }];
  const verdict = await verifyBlob(blob, keys, { now: Date.now() / 1000, product: 'datatools' });
  expect(verdict).toMatchObject({ code: 'VALID', payload: { key: license_key, tier: 'pro', iss: 'studio' } });
  expect(verdict.payload!.feat).toContain('renpy.ai');
});

it('D-cli: who did it and why is on the disk, in a chain, readable by its owner alone; the license is ready to be imported', () => {
  const made = [mintLocally(order({ notes: 'ticket 7' }), dir), mintLocally(order(), dir)];
  const trail = new BreakGlassTrail(trailFile()).read();
  expect(trail.map(({ license_key }) => license_key)).toEqual(made.map(({ license_key }) => license_key));
  expect(trail[0]).toMatchObject({
    by: os.userInfo().username,
    host: os.hostname(),
    reason: order().reason,
    kid: 'k1',
  });
  expect(trail[1]!.prev).toBe(trail[0]!.hash);
  expect(fs.statSync(trailFile()).mode & 0o077).toBe(0);
  expect(lines('break-glass.licenses.jsonl')[0]).toEqual({
    ...{ license_key: made[0]!.license_key, blob: made[0]!.blob, email: 'ada@example.test' },
    notes: `ticket 7; break-glass: ${order().reason}`,
  });
  expect(fs.readFileSync(trailFile(), 'utf8')).not.toContain('ada@example.test');
});

it.each<[string, Partial<LocalMint>, RegExp]>([
  ['years that are no number', { years: 'abc' }, /years must be an integer number/],
  ['more years than a mint gives', { years: '1000' }, /years must not be greater than 100/],
  ['a time that is none', { expires: 'tomorrow' }, /expires_at must be a time like/],
  ['both', { years: '1', expires: '2100-01-01T00:00:00Z' }, /either years or expires_at/],
  ['a name of two lines', { name: 'Ada\nBcc: eve@example.test' }, /name must be one line/],
  ['an address that is none', { email: 'ada' }, /email must be an email/],
  ['a tier that there is not', { tier: 'gold' }, /tier must be one of/],
])('D-cli: %s is refused as a mint refuses it, before anything is signed or written down', (_, more, told) => {
  expect(() => mintLocally(order(more), dir)).toThrow(told);
  expect(fs.readdirSync(dir)).toEqual(['key.pem']);
});

it('D-cli: a year from 29 February ends on 28 February, as it does for the services', () => {
  const { expires_at } = mintLocally(order({ years: '1' }), dir, new Date('2028-02-29T12:00:00Z'));
  expect(expires_at).toBe('2029-02-28T12:00:00.000Z');
});

it.each<[string, (text: string) => string]>([
  ['was changed', (text) => text.replace('customer waits', 'customer naps!')],
  ['was taken away', (text) => text.split('\n').slice(1).join('\n')],
  ['is no JSON', (text) => `hello\n${text}`],
])('D-cli: nothing more is signed when a line of the trail %s', (_, tamper) => {
  for (let i = 0; i < 3; i++) mintLocally(order(), dir);
  fs.writeFileSync(trailFile(), tamper(fs.readFileSync(trailFile(), 'utf8')));
  expect(() => mintLocally(order(), dir)).toThrow('not as it was written');
  expect(lines('break-glass.licenses.jsonl')).toHaveLength(3);
});

it.each<[string, () => Partial<LocalMint>]>([
  ['no reason', () => ({ reason: ' ' })],
  ['an end in the past', () => ({ expires: '2020-01-01T00:00:00Z' })],
  ['a key of another kind', () => ({ key: rsaKey() })],
])('D-cli: with %s nothing is signed, and nothing is written down', (_, more) => {
  expect(() => mintLocally(order(more()), dir)).toThrow();
  expect(fs.existsSync(trailFile())).toBe(false);
});

function rsaKey(): string {
  const file = path.join(dir, 'rsa.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  fs.writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return file;
}
