import { makeRecoveryKey, openFileKey, sealFileKey } from './recipient.js';

describe('the recipient of an export', () => {
  it('D-kms: has the recovery key, and no other opens it', async () => {
    const own = makeRecoveryKey();
    const { key, sealed } = await sealFileKey({ publicKey: own.publicKey });
    expect(await openFileKey(sealed, { privateKey: `${own.privateKey}\n` })).toEqual(key);
    for (const other of [makeRecoveryKey().privateKey, 'x.y', '']) {
      await expect(openFileKey(sealed, { privateKey: other })).rejects.toThrow(/cannot be sealed or opened/);
    }
    await expect(openFileKey(sealed, { passphrase: own.privateKey })).rejects.toThrow(/another key or passphrase/);
  });

  it('D-kms: knows the passphrase, which has a length', async () => {
    const { key, sealed } = await sealFileKey({ passphrase: 'correct horse battery' });
    expect(await openFileKey(sealed, { passphrase: 'correct horse battery' })).toEqual(key);
    await expect(openFileKey(sealed, { passphrase: 'correct horse batter' })).rejects.toThrow(/another key/);
    await expect(sealFileKey({ passphrase: 'short' })).rejects.toThrow(/less than 16/);
  });

  it('is refused when its key is none', async () => {
    await expect(sealFileKey({ publicKey: 'AAAA' })).rejects.toThrow(/no X25519 key/);
  });
});
