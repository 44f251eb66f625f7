import fs from 'node:fs';
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import type { Bus } from '#bus';
import {
  ClaimsRefused,
  DeriveMacKey,
  ListPublicKeys,
  SignBlob,
  SignToken,
  Unavailable,
  type KeyPurpose,
  type PublicKey,
} from '#contracts';
import { verifyBlob, type LicensePublicKey } from '#license-format';
import { Keyring } from '../keys/keyring.service.js';
import {
  accessClaims,
  blobRequest,
  ISSUER,
  licenseClaims,
  PRODUCT,
  secretsWorld,
  type SecretsWorld,
} from '../../test/secrets-replica.js';

describe('signing over the bus', () => {
  let world: SecretsWorld;
  let identity: Bus;
  let licensing: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    await world.replica();
    identity = await world.bus('identity');
    licensing = await world.bus('licensing');
  }, 60_000);
  afterAll(() => world?.end());

  const keysFor = async (purpose: KeyPurpose): Promise<PublicKey[]> =>
    (await identity.send(ListPublicKeys, {})).keys.filter((k) => k.purpose === purpose);
  const jwks = async (purpose: KeyPurpose) =>
    createLocalJWKSet({ keys: (await keysFor(purpose)).map((k) => k.jwk as unknown as JWK) });
  const access = (claims = accessClaims()) => identity.send(SignToken, { purpose: 'access', claims });
  const tables = () =>
    Promise.all(
      ['signing_keys', 'data_keys', 'audit_log', 'outbox'].map((t) => world.database.query(`SELECT * FROM ${t}`)),
    );
  const audited = (subject: string) =>
    world.database.query('SELECT action, caller, kid, request_id FROM audit_log WHERE subject = $1', [subject]);

  it('A-token.access: an access token verifies with the published key, by a stock library', async () => {
    const claims = accessClaims();
    const { token, kid } = await access(claims);
    const { payload, protectedHeader } = await jwtVerify(token, await jwks('access'), {
      issuer: ISSUER,
      audience: 'branchpy-api',
      typ: 'at+jwt',
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'jti'],
    });
    expect(payload).toEqual(claims);
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'at+jwt', kid });
  });

  it('A-token.license: a license token has its own key, type and size', async () => {
    const { token, kid } = await licensing.send(SignToken, { purpose: 'license_token', claims: licenseClaims() });
    await jwtVerify(token, await jwks('license_token'), { typ: 'license+jwt', audience: 'branchpy-license' });
    const active = (await keysFor('license_token')).find((k) => k.kid === kid)!;
    expect(Buffer.from(String(active.jwk.n), 'base64url')).toHaveLength(3072 / 8);
  });

  it('J2: an access token is refused as a license token, and the reverse', async () => {
    const { token } = await access();
    const license = await licensing.send(SignToken, { purpose: 'license_token', claims: licenseClaims() });
    await expect(jwtVerify(token, await jwks('license_token'))).rejects.toThrow();
    await expect(jwtVerify(license.token, await jwks('access'))).rejects.toThrow();
    await expect(jwtVerify(token, await jwks('access'), { typ: 'license+jwt' })).rejects.toThrow();
  });

  it('D-mint: a blob verifies with the license library alone, and with bare Ed25519', async () => {
    const { blob, kid } = await licensing.send(SignBlob, blobRequest());
    const keys = (await keysFor('license_blob')).map((k): LicensePublicKey => ({
      kid: k.kid,
      key: String(k.jwk.x),
      state: k.state,
      not_after: k.not_after,
    }));
    const verdict = await verifyBlob(blob, keys, { now: Date.now() / 1000, product: PRODUCT, issuer: ISSUER });
    expect(verdict).toMatchObject({ code: 'VALID', payload: { kid, name: 'Ada Lovelace' } });
    const [signed, signature] = blob.split('.') as [string, string];
    const jwk = (await keysFor('license_blob')).find((k) => k.kid === kid)!.jwk;
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    expect(verifySignature(null, Buffer.from(signed), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('SEC13: neither caller gets the other’s signatures, and claims outside the policy get none', async () => {
    const refused = { code: ClaimsRefused.code };
    await expect(licensing.send(SignToken, { purpose: 'access', claims: accessClaims() })).rejects.toMatchObject(
      refused,
    );
    await expect(identity.send(SignToken, { purpose: 'license_token', claims: licenseClaims() })).rejects.toMatchObject(
      refused,
    );
    await expect(access(accessClaims({ email: 'ada@example.com' }))).rejects.toMatchObject(refused);
    await expect(access(accessClaims({ exp: Math.floor(Date.now() / 1000) + 86_400 }))).rejects.toMatchObject(refused);
    // The broker itself keeps whoever is no caller at all out.
    const realtime = await world.bus('realtime');
    await expect(realtime.send(SignToken, { purpose: 'access', claims: accessClaims() })).rejects.toThrow();
    await expect(identity.send(SignBlob, blobRequest())).rejects.toThrow();
    await expect(licensing.send(DeriveMacKey, { context: 'refresh_token' })).rejects.toThrow();
  });

  it('gives identity the same MAC key for a context each time, and another for another', async () => {
    const { key } = await identity.send(DeriveMacKey, { context: 'refresh_token' });
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(await identity.send(DeriveMacKey, { context: 'refresh_token' })).toEqual({ key });
    expect(await identity.send(DeriveMacKey, { context: 'mail_token' })).not.toEqual({ key });
    expect(await audited('mail_token')).toMatchObject([{ action: 'mac_key.derive', caller: 'identity' }]);
  });

  it('SEC9 LIC12: each value that left has its row, with who asked and for what', async () => {
    const claims = accessClaims();
    const { kid } = await identity.send(SignToken, { purpose: 'access', claims }, { requestId: 'req-12345678' });
    expect(await audited(claims.jti as string)).toEqual([
      { action: 'access.sign', caller: 'identity', kid, request_id: 'req-12345678' },
    ]);
    const wanted = blobRequest();
    await licensing.send(SignBlob, wanted);
    expect(await audited(`${wanted.license_key} ${wanted.jti}`)).toMatchObject([
      { action: 'license_blob.sign', caller: 'licensing' },
    ]);
  });

  it('SEC9: 300 at once all have theirs', async () => {
    const all = Array.from({ length: 300 }, () => accessClaims());
    const tokens = await Promise.all(all.map((claims) => access(claims)));
    expect(new Set(tokens.map((t) => t.token)).size).toBe(300);
    const [{ count }] = (await world.database.query<{ count: string }>(
      'SELECT count(*) FROM audit_log WHERE subject = ANY($1)',
      [all.map((c) => c.jti)],
    )) as [{ count: string }];
    expect(Number(count)).toBe(300);
  });

  it('SEC9: when the use cannot be recorded, nothing leaves', async () => {
    await world.database.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    try {
      const failed = { code: Unavailable.code };
      await expect(access()).rejects.toMatchObject(failed);
      await expect(licensing.send(SignBlob, blobRequest())).rejects.toMatchObject(failed);
      await expect(identity.send(DeriveMacKey, { context: 'mail_token' })).rejects.toMatchObject(failed);
    } finally {
      await world.database.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    }
    await expect(access()).resolves.toHaveProperty('token');
  });

  it('SEC5: no private key, key-encryption key or MAC key is in any answer, log line or table', async () => {
    const kek = fs.readFileSync(world.kekFile);
    const { key: mac } = await identity.send(DeriveMacKey, { context: 'refresh_token' });
    const answers = JSON.stringify([await identity.send(ListPublicKeys, {}), await access()]);
    const stored = JSON.stringify(await tables());
    expect(world.logged.length).toBeGreaterThan(5);
    const everywhere = [answers, stored, ...world.logged].join('\n');
    for (const secret of [kek.toString('hex'), kek.toString('base64'), kek.toString('base64url'), mac]) {
      expect(everywhere).not.toContain(secret);
    }
    // Members of private JWKs; PKCS #8 in PEM, and the heads of its DER in base64 and hex.
    expect(answers).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
    expect(everywhere).not.toMatch(/PRIVATE KEY|IBADANBgkqhkiG9w0BAQEFAASC|MC4CAQAwBQYDK2Vw|302e020100300506032b6570/);
    const rows = await world.database.query<{ private_key: Buffer }>(
      'SELECT private_key FROM signing_keys WHERE private_key IS NOT NULL',
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const { private_key } of rows) {
      expect(private_key.subarray(0, 2).toString('hex')).toBe('0101');
      expect(private_key.toString('latin1')).not.toContain('\x2a\x86\x48\x86\xf7\x0d\x01\x01');
    }
  });

  it('refuses a changed row: a private key that was moved to another purpose does not open', async () => {
    await world.database.query(
      `UPDATE signing_keys a SET private_key = b.private_key FROM signing_keys b
       WHERE a.state = 'active' AND a.purpose = 'access' AND b.state = 'active' AND b.purpose = 'license_token'`,
    );
    const second = await world.replica();
    expect(second.get(Keyring).sealedBecause).toMatch(/does not belong here/);
  });
});
