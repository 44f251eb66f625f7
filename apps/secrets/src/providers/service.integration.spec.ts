import fs from 'node:fs';
import path from 'node:path';
import { Health } from '#boot';
import {
  CreateStream,
  ListPublicKeys,
  ListStreams,
  LookUpStreams,
  RotateKey,
  SignBlob,
  SignToken,
  Unavailable,
} from '#contracts';
import { eventually, testDir } from '../../../../test/support/index.js';
import { vaultServer, type VaultServer } from '../../test/providers/vault-server.js';
import {
  accessClaims,
  blobRequest,
  internalCaller,
  person,
  secretsWorld,
  type SecretsWorld,
} from '../../test/secrets-replica.js';

const broadcaster = internalCaller('broadcaster', 'streams.read');
const KEY = 'live_abcdefgh';

describe('the service with its keys at a key service', () => {
  const dir = testDir('key-service');
  let vault: VaultServer;
  let world: SecretsWorld;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    vault = await vaultServer();
    world = await secretsWorld();
    fs.writeFileSync(path.join(dir, 'token'), vault.token);
    const address = `vault:${vault.url}/transit/gatehouse`;
    env = {
      KEK_FILE: '',
      KEK_PROVIDER: address,
      SIGNING_PROVIDER: address,
      VAULT_TOKEN_FILE: path.join(dir, 'token'),
      DATA_KEY_CACHE_SECONDS: '1',
    };
  }, 60_000);
  afterAll(async () => {
    await world?.end();
    await vault?.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it('D-kms: signs blobs with a key that never was in this process, and tokens with its own', async () => {
    const replica = await world.replica(env);
    const licensing = await world.bus('licensing');
    const gateway = await world.bus('gateway');
    const { kid } = await licensing.send(SignBlob, blobRequest());
    const rows = await world.database.query<{ provider: string; purpose: string }>(
      "SELECT DISTINCT purpose, provider FROM signing_keys WHERE state = 'active'",
    );
    const holders = new Map(rows.map(({ purpose, provider }) => [purpose, provider]));
    expect(holders.get('license_blob')).toMatch(/^vault:/);
    expect(holders.get('access')).toBe('local');
    expect((await gateway.send(ListPublicKeys, {})).keys.find((key) => key.kid === kid)).toMatchObject({
      state: 'active',
    });
    await gateway.send(RotateKey, { purpose: 'license_blob' });
    expect((await licensing.send(SignBlob, blobRequest())).kid).not.toBe(kid);
    expect((await replica.get(Health).ready()).dependencies.keys).toEqual({ status: 'up' });
  }, 60_000);

  it('SEC7: while it is away streams are listed, keys are not looked up, and tokens are signed', async () => {
    const gateway = await world.bus('gateway');
    const identity = await world.bus('identity');
    const ada = person();
    await gateway.send(CreateStream, { label: 'Main', platform: 'twitch', stream_key: KEY }, { actor: ada });
    const lookUp = () => gateway.send(LookUpStreams, { user_id: ada.user_id }, { actor: broadcaster });
    expect((await lookUp()).streams).toMatchObject([{ stream_key: KEY }]);
    vault.stall();
    // Until the open data key has left the cache.
    await eventually('a look-up that is refused', 20_000, async () =>
      lookUp().then(
        () => undefined,
        (error: unknown) => (expect(error).toMatchObject({ code: Unavailable.code }), true),
      ),
    );
    expect((await gateway.send(ListStreams, {}, { actor: ada })).streams).toMatchObject([{ label: 'Main' }]);
    await identity.send(SignToken, { purpose: 'access', claims: accessClaims() });
    await expect((await world.bus('licensing')).send(SignBlob, blobRequest())).rejects.toMatchObject({
      code: Unavailable.code,
    });
    const sealed = await world.replica(env);
    expect((await sealed.get(Health).ready()).dependencies.keys).toMatchObject({ status: 'down' });
  }, 60_000);
});
