import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Log } from '#boot';
import type { Transactions } from '#persistence';
import type { AuditLog } from '../audit/audit-log.service.js';
import type { KeyProvider } from '../kek/key-provider.js';
import { LocalKek } from '../kek/local-kek.js';
import { SealedKeys } from './sealed-keys.service.js';
import { SigningProviders } from './signing-providers.js';
import type { SigningKeysRepository, StoredSigningKey } from './signing-keys.repository.js';

describe('the keys as they are kept', () => {
  it('D-rotation: one that another replica was faster to make does not stay at its provider', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const made = { publicJwk: publicKey.export({ format: 'jwk' }), handle: Buffer.from('handle') };
    const elsewhere = { id: 'hsm', generate: () => Promise.resolve(made) } as unknown as KeyProvider;
    const discarded: [StoredSigningKey, number][] = [];
    const stored = {
      slotsWith: () => Promise.resolve([]),
      addIfFirst: () => Promise.resolve(false),
      discard: (key: StoredSigningKey, afterSeconds: number) => Promise.resolve(discarded.push([key, afterSeconds])),
    };
    const keys = new SealedKeys(
      stored as unknown as SigningKeysRepository,
      new SigningProviders(new LocalKek(randomBytes(32)), { provider: elsewhere, purposes: ['license_blob'] }),
      { append: () => Promise.resolve() } as unknown as AuditLog,
      { info: () => undefined } as unknown as Log,
      {} as Transactions,
    );
    const dataKey = { id: '019b0000-0000-7000-8000-000000000001', key: randomBytes(32) };
    await keys.addMissing('next', dataKey, [{ purpose: 'license_blob', alg: 'EdDSA' }]);
    expect(discarded).toMatchObject([[{ provider: 'hsm', purpose: 'license_blob' }, 0]]);
  });
});
