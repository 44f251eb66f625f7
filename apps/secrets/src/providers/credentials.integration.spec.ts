import fs from 'node:fs';
import path from 'node:path';
import { Unavailable } from '#contracts';
import { testDir } from '../../../../test/support/index.js';
import { awsServer } from '../../test/providers/aws-server.js';
import { providerOf } from '../../test/providers/conformance.js';
import { gcpServer, RING } from '../../test/providers/gcp-server.js';
import { vaultServer } from '../../test/providers/vault-server.js';
import { signedHeaders } from './aws-signature.js';
import { Renewed } from './renewed.js';

const dir = testDir('credentials');
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  fs.rmSync(dir, { recursive: true, force: true });
  for (const end of ends) await end();
});
const key = Buffer.alloc(32, 7);

describe('D-kms: credentials of key providers', () => {
  it('Vault’s token is read again when its agent has renewed it', async () => {
    const server = await vaultServer();
    ends.push(() => server.stop());
    const file = path.join(dir, 'vault-token');
    const env = { KEK_PROVIDER: `vault:${server.url}/transit/gatehouse`, VAULT_TOKEN_FILE: file };
    const provider = await providerOf(env);
    await expect(provider.wrap(key, [])).rejects.toMatchObject({ code: Unavailable.code });
    fs.writeFileSync(file, 'hvs.first\n');
    const wrapped = await provider.wrap(key, []);
    server.token = 'hvs.second';
    await expect(provider.unwrap(wrapped, [])).rejects.toMatchObject({ code: Unavailable.code });
    fs.writeFileSync(file, 'hvs.second\n');
    expect(await provider.unwrap(wrapped, [])).toEqual(key);
  });

  it('a role of AWS is taken by a web identity, once for all requests', async () => {
    const server = await awsServer();
    ends.push(() => server.stop());
    const file = path.join(dir, 'aws-token');
    fs.writeFileSync(file, 'eyJ.other\n');
    const provider = await providerOf({
      KEK_PROVIDER: 'awskms:eu-central-1/alias/gatehouse',
      AWS_KMS_URL: server.url,
      AWS_STS_URL: `${server.url}/sts`,
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/gatehouse',
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
    });
    await expect(provider.wrap(key, [])).rejects.toMatchObject({ code: Unavailable.code });
    fs.writeFileSync(file, 'eyJ.first\n');
    const wrapped = await Promise.all(Array.from({ length: 10 }, () => provider.wrap(key, [])));
    for (const each of wrapped) expect(await provider.unwrap(each, [])).toEqual(key);
    expect(server.taken).toBe(1);
  });

  it('a machine of Google’s asks its metadata server, once for all requests', async () => {
    const server = await gcpServer();
    ends.push(() => server.stop());
    const env = { GCP_KMS_URL: server.url, GCP_METADATA_URL: server.url };
    const provider = await providerOf({ ...env, KEK_PROVIDER: `gcpkms:${RING}/cryptoKeys/gatehouse` });
    const wrapped = await Promise.all(Array.from({ length: 10 }, () => provider.wrap(key, [])));
    for (const each of wrapped) expect(await provider.unwrap(each, [])).toEqual(key);
    expect(server.tokens).toHaveLength(1);
  });

  it('what has ended is taken anew, and a failure is not kept', async () => {
    let takes = 0;
    const renewed = new Renewed(() => {
      if (++takes === 1) return Promise.reject(new Error('away'));
      return Promise.resolve({ value: takes, until: takes === 2 ? Date.now() - 1 : Infinity });
    });
    await expect(renewed.get()).rejects.toThrow('away');
    expect([await renewed.get(), await renewed.get(), await renewed.get()]).toEqual([2, 3, 3]);
  });

  it('a request to AWS is signed as its own test suite says (post-vanilla)', () => {
    const request = {
      url: 'https://example.amazonaws.com/',
      region: 'us-east-1',
      service: 'service',
      body: '',
      headers: {},
    };
    const who = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
    expect(signedHeaders(request, who, new Date('2015-08-30T12:36:00Z')).authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
        'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    );
  });
});
