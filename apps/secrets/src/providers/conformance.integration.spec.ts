import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { testDir } from '../../../../test/support/index.js';
import { AWS_KEY, awsServer } from '../../test/providers/aws-server.js';
import { conforms, providerOf } from '../../test/providers/conformance.js';
import { ACCOUNT, gcpServer, RING } from '../../test/providers/gcp-server.js';
import { PIN, softToken } from '../../test/providers/softhsm.js';
import { vaultServer } from '../../test/providers/vault-server.js';

const dir = testDir('providers');
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

function keep(name: string, content: string | Buffer): string {
  const file = path.join(dir, name);
  fs.writeFileSync(file, content, { mode: 0o600 });
  return file;
}

conforms('of a local file', () =>
  Promise.resolve({
    env: { KEK_FILE: keep('kek', randomBytes(32)) },
    other: { KEK_PROVIDER: `file:${keep('other', randomBytes(32))}` },
    destroys: false,
    end: () => Promise.resolve(),
  }),
);

conforms('Vault or OpenBao Transit', async () => {
  const server = await vaultServer();
  const env = { VAULT_TOKEN_FILE: keep('vault-token', `${server.token}\n`) };
  return {
    env: { ...env, KEK_PROVIDER: `vault:${server.url}/transit/gatehouse` },
    other: { ...env, KEK_PROVIDER: `vault:${server.url}/transit/another` },
    destroys: true,
    disable: () => (server.secrets.get('gatehouse')!.disabled = true),
    stall: () => server.stall(),
    end: () => server.stop(),
  };
});

conforms('AWS KMS', async () => {
  const server = await awsServer();
  const env = { AWS_KMS_URL: server.url, AWS_ACCESS_KEY_ID: AWS_KEY.id, AWS_SECRET_ACCESS_KEY: AWS_KEY.secret };
  return {
    env: { ...env, KEK_PROVIDER: 'awskms:eu-central-1/alias/gatehouse' },
    other: { ...env, KEK_PROVIDER: 'awskms:eu-central-1/alias/another' },
    destroys: true,
    disable: () => (server.secrets.get('alias/gatehouse')!.disabled = true),
    stall: () => server.stall(),
    end: () => server.stop(),
  };
});

conforms('Google Cloud KMS', async () => {
  const server = await gcpServer();
  const account = { client_email: ACCOUNT, private_key: server.accountKey, token_uri: `${server.url}/token` };
  const env = {
    GCP_KMS_URL: server.url,
    GOOGLE_APPLICATION_CREDENTIALS: keep('account.json', JSON.stringify(account)),
  };
  return {
    env: { ...env, KEK_PROVIDER: `gcpkms:${RING}/cryptoKeys/gatehouse` },
    other: { ...env, KEK_PROVIDER: `gcpkms:${RING}/cryptoKeys/another` },
    destroys: true,
    disable: () => (server.secrets.get(`${RING}/cryptoKeys/gatehouse`)!.disabled = true),
    stall: () => server.stall(),
    end: () => server.stop(),
  };
});

let keyInToken: (object: string) => NodeJS.ProcessEnv;

conforms('PKCS #11, with SoftHSM', async () => {
  const { library, label } = await softToken(path.join(dir, 'softhsm'));
  const env = { PKCS11_PIN_FILE: keep('pin', `${PIN}\n`) };
  const address = (object: string): string => `pkcs11:token=${label};object=${object}?module-path=${library}`;
  keyInToken = (object) => ({ ...env, KEK_PROVIDER: address(object) });
  return {
    env: { ...env, KEK_PROVIDER: address('kek') },
    other: { ...env, KEK_PROVIDER: address('other') },
    destroys: true,
    end: () => Promise.resolve(),
  };
});

it('D-kms: a label in a token that no key has, or several, is refused at the start', async () => {
  await expect(providerOf(keyInToken('none'))).rejects.toThrow(/no secret key/);
  await expect(providerOf(keyInToken('twin'))).rejects.toThrow(/several keys/);
});
