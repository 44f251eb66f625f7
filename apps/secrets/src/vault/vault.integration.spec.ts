import { randomUUID } from 'node:crypto';
import type { Bus } from '#bus';
import {
  type OpenSealedRequest,
  DestroyOwnerKeys,
  Gone,
  IntegrityFailed,
  OpenSealed,
  Refusal,
  SealValue,
  Unavailable,
} from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { OwnerKeys } from './owner-keys.service.js';

type Where = Omit<OpenSealedRequest, 'ciphertext'>;

const place = (): Where => ({ owner_id: randomUUID(), purpose: 'totp', record: randomUUID(), field: 'secret' });

describe('values sealed for other apps', () => {
  let world: SecretsWorld;
  let identity: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    await world.replica({ DATA_KEY_CACHE_SECONDS: '300' });
    await world.replica({ DATA_KEY_CACHE_SECONDS: '300' });
    identity = await world.bus('identity');
  }, 60_000);
  afterAll(() => world?.end());

  const seal = async (where: Where, plaintext: string, app = identity): Promise<string> =>
    (await app.send(SealValue, { ...where, plaintext })).ciphertext;
  const open = async (where: Where, ciphertext: string, app = identity): Promise<string> =>
    (await app.send(OpenSealed, { ...where, ciphertext })).plaintext;
  const audited = (record: string) =>
    world.database.query<{ action: string; caller: string }>(
      `SELECT action, caller FROM audit_log WHERE subject LIKE '%' || $1 || '%' ORDER BY at, seq`,
      [record],
    );
  const keysOf = (owner: string) =>
    world.database.query<{ id: string; state: string; seals: string }>(
      'SELECT id, state, seals FROM data_keys WHERE owner_id = $1 ORDER BY created_at, id',
      [owner],
    );

  it('open in their place, whatever is in them', async () => {
    const where = place();
    for (const text of ['JBSWY3DPEHPK3PXP', 'ä€🗝', 'x'.repeat(16_384)]) {
      expect(await open(where, await seal(where, text))).toBe(text);
    }
    const ciphertext = await seal(where, 'JBSWY3DPEHPK3PXP');
    expect(Buffer.from(ciphertext, 'base64url').toString('latin1')).not.toContain('JBSWY3DPEHPK3PXP');
  });

  it('SEC1: open nowhere else and for no other app; the attempt is audited', async () => {
    const where = place();
    const ciphertext = await seal(where, 'kept');
    const refused = { code: IntegrityFailed.code, kind: 'internal' };
    for (const other of [{ owner_id: randomUUID() }, { purpose: 'other' }, { record: 'r2' }, { field: 'f2' }]) {
      await expect(open({ ...where, ...other }, ciphertext)).rejects.toMatchObject(refused);
    }
    const licensing = await world.bus('licensing');
    await expect(open(where, ciphertext, licensing)).rejects.toMatchObject(refused);
    expect((await audited(where.record)).map((a) => a.action)).toContain('sealed.open.integrity');
  });

  it('SEC2: no changed or cut bytes open', async () => {
    const where = place();
    const bytes = Buffer.from(await seal(where, 'kept'), 'base64url');
    for (const at of [0, 1, 2, 17, 18, 29, 30, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      await expect(open(where, changed.toString('base64url'))).rejects.toMatchObject({ code: IntegrityFailed.code });
    }
    for (const length of [1, 17, 30, bytes.length - 1]) {
      const cut = bytes.subarray(0, length).toString('base64url');
      await expect(open(where, cut)).rejects.toMatchObject({ code: IntegrityFailed.code });
    }
  });

  it('SEC9 H10: each value that left has its row, and none leaves without', async () => {
    const where = place();
    const ciphertext = await seal(where, 'kept');
    await Promise.all(Array.from({ length: 10 }, () => open(where, ciphertext)));
    const opened = (await audited(where.record)).filter((a) => a.action === 'sealed.open');
    expect(opened).toEqual(Array.from({ length: 10 }, () => ({ action: 'sealed.open', caller: 'identity' })));

    await world.database.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    try {
      await expect(open(where, ciphertext)).rejects.toMatchObject({ code: Unavailable.code });
    } finally {
      await world.database.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    }
    expect(await open(where, ciphertext)).toBe('kept');
  });

  it('have one key for each owner and purpose, however many come at once', async () => {
    const where = place();
    await Promise.all(Array.from({ length: 50 }, (_, i) => seal({ ...where, record: `r${i}` }, 'x')));
    expect(await keysOf(where.owner_id)).toHaveLength(1);
    await seal({ ...where, purpose: 'tokens' }, 'x');
    expect(await keysOf(where.owner_id)).toHaveLength(2);
  });

  it('SEC4: a key whose seals are used up seals no more; another takes its place and the old one opens still', async () => {
    await world.replica({ DATA_KEY_MAX_SEALS: '3' });
    const where = place();
    const sealed: string[] = [];
    // Whichever of the three replicas answers: the strict one retires what the others have used up.
    while ((await keysOf(where.owner_id)).length < 3) sealed.push(await seal(where, `v${sealed.length}`));
    const keys = await keysOf(where.owner_id);
    expect(keys.filter((k) => k.state === 'active')).toHaveLength(1);
    for (const [i, ciphertext] of sealed.entries()) expect(await open(where, ciphertext)).toBe(`v${i}`);
  });

  it('SEC11 H7: once the owner’s keys are destroyed, no replica opens anything, with warm caches too', async () => {
    const where = place();
    const other = place();
    const [ciphertext, kept] = [await seal(where, 'kept'), await seal(other, 'kept')];
    await Promise.all(Array.from({ length: 20 }, () => open(where, ciphertext)));
    await identity.send(DestroyOwnerKeys, { owner_id: where.owner_id });
    await identity.send(DestroyOwnerKeys, { owner_id: where.owner_id });

    const refusals = async () => {
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => open(where, ciphertext)));
      return tries.filter((t) => t.status === 'rejected' && (t.reason as Refusal).code === Gone.code).length;
    };
    await eventually('every replica to refuse', 90_000, async () => ((await refusals()) === 20 ? true : undefined));
    await expect(seal(where, 'new')).rejects.toMatchObject({ code: Gone.code });
    expect(await keysOf(where.owner_id)).toEqual([]);
    expect(await open(other, kept)).toBe('kept');
  }, 150_000);

  it('SEC11: a late write gives an erased owner no new key', async () => {
    const where = place();
    const racing = Array.from({ length: 20 }, (_, i) => seal({ ...where, record: `r${i}` }, 'x').catch(() => null));
    await identity.send(DestroyOwnerKeys, { owner_id: where.owner_id });
    await Promise.all(racing);
    expect(await keysOf(where.owner_id)).toEqual([]);
  });
});

it('SEC16: what cannot be unwrapped is refused at once, and nothing hangs', async () => {
  const world = await secretsWorld();
  try {
    const replica = await world.replica();
    const identity = await world.bus('identity');
    const where = place();
    const { ciphertext } = await identity.send(SealValue, { ...where, plaintext: 'kept' });
    await world.database.query(
      `UPDATE data_keys SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE owner_id = $1`,
      [where.owner_id],
    );
    replica.get(OwnerKeys).clear();
    const changed = identity.send(OpenSealed, { ...where, ciphertext });
    await expect(changed).rejects.toMatchObject({ code: IntegrityFailed.code });
  } finally {
    await world.end();
  }
});
