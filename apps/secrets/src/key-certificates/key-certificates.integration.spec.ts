import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Bus } from '#bus';
import { ImportKey, ListPublicKeys, PublishCertificate, RotateKey, SignBlob, type PublicKey } from '#contracts';
import { assembleCertificate, certificateInput, certifiedKeys, verifyBlob, type KeyCertificate } from '#license-format';
import { blobRequest, ISSUER, PRODUCT, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';

const now = Math.floor(Date.now() / 1_000);
const root = generateKeyPairSync('ed25519');
const bytesOf = (key: KeyObject): string => key.export({ format: 'jwk' }).x!;

function certificate(change: Partial<KeyCertificate>): string {
  const said = { v: 1 as const, kid: 'root-1', iss: ISSUER, prod: PRODUCT, sub: '', key: '', iat: now, nbf: now };
  const input = certificateInput({ ...said, exp: now + 3_600, ...change });
  return assembleCertificate(input, sign(null, input, root.privateKey));
}

describe('certificates of license keys', () => {
  let world: SecretsWorld;
  let gateway: Bus;
  let licensing: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    await world.replica();
    [gateway, licensing] = await Promise.all([world.bus('gateway'), world.bus('licensing')]);
  }, 60_000);
  afterAll(() => world?.end());

  const keys = async () =>
    (await gateway.send(ListPublicKeys, {})).keys.filter(({ purpose }) => purpose === 'license_blob');
  const active = async (): Promise<PublicKey> => (await keys()).find(({ state }) => state === 'active')!;
  const about = ({ kid, jwk }: PublicKey) => ({ sub: kid, key: String(jwk.x) });
  const publish = (text: string) => gateway.send(PublishCertificate, { certificate: text });
  const published = async (kid: string) => (await keys()).find((key) => key.kid === kid)?.certificates;

  it('LIC9: an application that knows the root alone takes licenses of a key by its published certificate', async () => {
    const key = await active();
    const made = certificate(about(key));
    expect(await publish(made)).toEqual({
      kid: key.kid,
      root: 'root-1',
      certificate: made,
      not_before: new Date(now * 1_000).toISOString(),
      not_after: new Date((now + 3_600) * 1_000).toISOString(),
    });
    const { blob } = await licensing.send(SignBlob, blobRequest());
    const roots = [{ kid: 'root-1', key: bytesOf(root.publicKey) }];
    const terms = { now: now + 1, product: PRODUCT };
    const handedOut = (await keys()).flatMap(({ certificates }) => certificates ?? []);
    const trusted = await certifiedKeys(handedOut, roots, terms);
    expect(await verifyBlob(blob, trusted, { now: Date.now() / 1_000, product: PRODUCT })).toMatchObject({
      valid: true,
    });
  });

  it('LIC9: again it changes nothing and is told once; a newer one takes its place, an older one does not', async () => {
    const key = await active();
    const [older, newer] = [
      certificate({ ...about(key), iat: now - 60 }),
      certificate({ ...about(key), iat: now + 60 }),
    ];
    await publish(newer);
    for (const text of [newer, older, newer]) await publish(text);
    expect(await published(key.kid)).toEqual([newer]);
    const rows = await world.database.query("SELECT 1 FROM audit_log WHERE action = 'key.certify'");
    expect(rows).toHaveLength(2);
  });

  it('LIC9: several roots may vouch for one key', async () => {
    const key = await active();
    const other = certificate({ ...about(key), kid: 'root-2' });
    await publish(other);
    expect(await published(key.kid)).toContain(other);
  });

  it.each<[string, Partial<KeyCertificate>, string]>([
    ['another issuer', { iss: 'somebody' }, 'the issuer somebody'],
    ['another product', { prod: 'another' }, 'for another'],
    ['another key by its name', { key: bytesOf(generateKeyPairSync('ed25519').publicKey) }, 'another key'],
    ['a time that is over', { iat: now - 20, nbf: now - 20, exp: now - 10 }, 'expired'],
    ['times that no calendar has', { exp: 9_000_000_000_000 }, 'year 9999'],
  ])('LIC9: one for %s is refused', async (_, change, words) => {
    const refused = publish(certificate({ ...about(await active()), ...change }));
    await expect(refused).rejects.toMatchObject({
      code: 'validation_failed',
      extras: { errors: [{ field: 'certificate', detail: expect.stringContaining(words) }] },
    });
  });

  it('LIC9: one for a key that is not here is 404, and what is none is refused', async () => {
    const { key } = about(await active());
    await expect(publish(certificate({ sub: 'nobody', key }))).rejects.toMatchObject({ code: 'not_found' });
    for (const text of ['DTKEY1:', 'hello', `${certificate({ ...about(await active()) })}A`]) {
      await expect(publish(text)).rejects.toMatchObject({ code: 'validation_failed' });
    }
  });

  it('LIC9: of a key that is compromised none is handed out, and none is taken', async () => {
    const key = await active();
    await publish(certificate({ ...about(key), iat: now + 90 }));
    await gateway.send(RotateKey, { purpose: 'license_blob', compromised: true }, { timeoutMs: 20_000 });
    expect((await keys()).find(({ kid }) => kid === key.kid)).toMatchObject({ state: 'compromised' });
    expect(await published(key.kid)).toBeUndefined();
    await expect(publish(certificate(about(key)))).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('LIC9: a key that was taken over to verify keeps its certificate when it is to sign', async () => {
    const own = generateKeyPairSync('ed25519');
    const pem = own.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const taken = await gateway.send(ImportKey, { key: pem, use: 'verify', kid: 'old-1' }, { timeoutMs: 20_000 });
    const made = certificate(about(taken));
    await publish(made);
    await gateway.send(ImportKey, { key: pem, use: 'sign', kid: 'old-1' }, { timeoutMs: 20_000 });
    expect(await published('old-1')).toEqual([made]);
  });
});
