import fs from 'node:fs';
import path from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { RotateKey, SignBlob } from '#contracts';
import { eventually, testDir } from '../../../../test/support/index.js';
import { vaultServer, type VaultServer } from '../../test/providers/vault-server.js';
import { blobRequest, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { Keyring } from './keyring.service.js';

/** Keys of license blobs at a key service: one signs, one waits. */
const IN_USE = 2;

describe('keys at a provider that sign no more', () => {
  const dir = testDir('discarded-keys');
  let vault: VaultServer;
  let world: SecretsWorld;
  let env: NodeJS.ProcessEnv;
  let second: INestMicroservice;
  beforeAll(async () => {
    vault = await vaultServer();
    world = await secretsWorld();
    env = {
      SIGNING_PROVIDER: `vault:${vault.url}/transit/gatehouse`,
      VAULT_TOKEN_FILE: path.join(dir, 'token'),
    };
    fs.writeFileSync(path.join(dir, 'token'), vault.token);
  }, 60_000);
  afterAll(async () => {
    await world?.end();
    await vault?.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  const ordered = () => world.database.query<{ kid: string; tries: number }>('SELECT kid, tries FROM keys_to_destroy');
  const makeDue = () => world.database.query('UPDATE keys_to_destroy SET due_at = now()');
  /** What the upkeep does every few seconds. */
  const look = (...replicas: INestMicroservice[]) =>
    Promise.all(replicas.map((each) => each.get(Keyring).destroyDiscarded()));
  const gone = () =>
    eventually('the end of the key', 30_000, async () => ((await ordered()).length ? undefined : true));
  const tried = (kid: string) =>
    eventually('a try that failed', 30_000, () =>
      Promise.resolve(world.logged.some((line) => line.includes(kid) && line.includes('still at its')) || undefined),
    );
  const destroyed = async () =>
    (await world.database.query<{ kid: string }>("SELECT kid FROM audit_log WHERE action = 'key.destroy'")).map(
      ({ kid }) => kid,
    );
  const sign = async () => (await (await world.bus('licensing')).send(SignBlob, blobRequest())).kid;
  /** @returns the key that signed before */
  const rotate = async (compromised = false): Promise<string> => {
    const before = await sign();
    await (await world.bus('gateway')).send(RotateKey, { purpose: 'license_blob', compromised }, { timeoutMs: 30_000 });
    return before;
  };
  const waiting = () =>
    eventually('a key in waiting', 30_000, async () => {
      const rows = await world.database.query(
        "SELECT 1 FROM signing_keys WHERE state = 'next' AND purpose = 'license_blob'",
      );
      return rows.length ? true : undefined;
    });

  it('D-rotation: are gone from there, though it is away at first and whoever had rotated is gone', async () => {
    const first = await world.replica(env);
    const old = await rotate();
    expect(await ordered()).toEqual([{ kid: old, tries: 0 }]);
    await waiting();
    await first.close();
    expect(vault.pairs.size).toBe(IN_USE + 1);

    const { token } = vault;
    vault.token = 'hvs.another';
    await makeDue();
    second = await world.replica(env);
    await tried(old);
    expect([vault.pairs.size, await destroyed()]).toEqual([IN_USE + 1, []]);
    vault.token = token;
    await makeDue();
    await look(second);
    await gone();
    expect([vault.pairs.size, await destroyed()]).toEqual([IN_USE, [old]]);
    expect(await sign()).not.toBe(old);
  }, 120_000);

  it('D-rotation: are gone too when the answer that they are was lost', async () => {
    vault.alter((said, { method }) => (method === 'DELETE' ? { status: 503, body: {} } : said));
    const old = await rotate(true);
    await look(second);
    await tried(old);
    expect(await ordered()).toMatchObject([{ kid: old }]);
    vault.alter((said) => said);
    await makeDue();
    await look(second);
    await gone();
    expect(await destroyed()).toContain(old);
    await waiting();
    expect(vault.pairs.size).toBe(IN_USE);
  }, 120_000);

  it('D-rotation: are destroyed once, however many replicas see to it', async () => {
    const replicas = [second, await world.replica(env), await world.replica(env)];
    const old = await rotate();
    await makeDue();
    // Also when one of them is so slow that another one is asked.
    await Promise.all([look(...replicas), makeDue().then(() => look(...replicas))]);
    await gone();
    expect((await destroyed()).filter((kid) => kid === old)).toEqual([old]);
  }, 120_000);
});
