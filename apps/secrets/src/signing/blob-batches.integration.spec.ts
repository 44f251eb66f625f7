import type { Bus } from '#bus';
import { allCommands, ListPublicKeys, MOST_BLOBS, Sealed, SignBlobs, Unavailable, VerifyAudit } from '#contracts';
import { parseBlob, verifyBlob, type LicensePublicKey } from '#license-format';
import { Keyring } from '../keys/keyring.service.js';
import { blobRequest, ISSUER, PRODUCT, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';

describe('blobs signed many at a time', () => {
  let world: SecretsWorld;
  let keyring: Keyring;
  let licensing: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    keyring = (await world.replica()).get(Keyring);
    licensing = await world.bus('licensing');
  }, 60_000);
  afterAll(() => world?.end());

  const batch = (count: number) => Array.from({ length: count }, () => blobRequest());
  const audited = (wanted: ReturnType<typeof batch>) =>
    world.database.query<{ subject: string; action: string; caller: string; kid: string; request_id: string }>(
      'SELECT subject, action, caller, kid, request_id FROM audit_log WHERE subject = ANY($1) ORDER BY seq',
      [wanted.map(({ license_key, jti }) => `${license_key} ${jti}`)],
    );
  const verdictOf = async (blob: string) => {
    const { keys } = await licensing.send(ListPublicKeys, {});
    const blobKeys = keys
      .filter(({ purpose }) => purpose === 'license_blob')
      .map(({ kid, jwk }): LicensePublicKey => ({ kid, key: String(jwk.x) }));
    return verifyBlob(blob, blobKeys, { now: Date.now() / 1000, product: PRODUCT, issuer: ISSUER });
  };

  it('D-mint LIC12 SEC9: each is genuine, in the order of the request, and each has its own row in a whole chain', async () => {
    const wanted = batch(MOST_BLOBS);
    const { blobs } = await licensing.send(SignBlobs, { blobs: wanted }, { requestId: 'req-batch-1' });
    const verdicts = await Promise.all(blobs.map(({ blob }) => verdictOf(blob!)));
    expect(new Set(verdicts.map(({ code }) => code))).toEqual(new Set(['VALID']));
    expect(verdicts.map((one) => 'payload' in one && one.payload?.jti)).toEqual(wanted.map(({ jti }) => jti));
    const rows = await audited(wanted);
    expect(rows.map(({ subject }) => subject)).toEqual(wanted.map(({ license_key, jti }) => `${license_key} ${jti}`));
    for (const row of rows) {
      const { kid } = blobs[0]!;
      expect(row).toMatchObject({ action: 'license_blob.sign', caller: 'licensing', kid, request_id: 'req-batch-1' });
    }
    expect((await (await world.bus('gateway')).send(VerifyAudit, {})).broken_at).toBeNull();
  });

  it('SEC13: what may not be signed is refused with its reason, without a row, and the others are signed', async () => {
    const wanted = [blobRequest(), blobRequest({ exp: 1 }), blobRequest({ name: '\ud83e' }), blobRequest()];
    const { blobs } = await licensing.send(SignBlobs, { blobs: wanted });
    expect(blobs.map(({ refused }) => refused)).toEqual([
      null,
      'exp is not after nbf.',
      expect.stringContaining('cannot be written'),
      null,
    ]);
    expect(blobs.map(({ blob }) => blob !== null && 'payload' in parseBlob(blob))).toEqual([true, false, false, true]);
    expect((await audited(wanted)).map(({ subject }) => subject.split(' ')[1])).toEqual([
      wanted[0]!.jti,
      wanted[3]!.jti,
    ]);
  });

  it('SEC13: nobody but licensing has them signed', async () => {
    expect(allCommands().find(({ name }) => name === SignBlobs.name)!.callers).toEqual(['licensing']);
    await expect((await world.bus('identity')).send(SignBlobs, { blobs: batch(1) })).rejects.toThrow();
  });

  it('SEC9: when their use cannot be recorded, none of them leaves', async () => {
    await world.database.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    try {
      await expect(licensing.send(SignBlobs, { blobs: batch(20) })).rejects.toMatchObject({ code: Unavailable.code });
    } finally {
      await world.database.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    }
    await expect(licensing.send(SignBlobs, { blobs: batch(1) })).resolves.toHaveProperty('blobs');
  });

  it('more than a message carries are refused', async () => {
    await expect(licensing.send(SignBlobs, { blobs: batch(MOST_BLOBS + 1) })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('SEC16: sealed, all of them are refused', async () => {
    keyring.close();
    await expect(licensing.send(SignBlobs, { blobs: batch(2) })).rejects.toMatchObject({ code: Sealed.code });
  });
});
