import { ClaimsRefused, type Refusal, type SignBlobRequest } from '#contracts';
import { admitBlob } from './blob-policy.rules.js';

const now = 1_780_000_000;
const terms = { caller: 'licensing' as const, kid: 'k1', issuer: 'https://id.example', product: 'branchpy', now };
const wanted: SignBlobRequest = {
  license_key: 'DT1-CORE-0123-4567',
  tier: 'core',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  iat: now,
  nbf: now,
  exp: now + 366 * 86_400,
  feat: { list: ['export'] },
  jti: 'j1',
};

describe('license blobs', () => {
  it('state the keyring’s own key, issuer and product', () => {
    const body = Buffer.from(admitBlob(wanted, terms)).toString().slice('DTLIC2:'.length);
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toMatchObject({
      kid: 'k1',
      iss: 'https://id.example',
      prod: 'branchpy',
      key: 'DT1-CORE-0123-4567',
    });
  });

  it('may be begun in the past: an interrupted mint is finished', () =>
    expect(admitBlob({ ...wanted, iat: now - 86_400 }, terms)).toBeInstanceOf(Uint8Array));

  it.each<[string, Partial<SignBlobRequest>]>([
    ['a license key that is not canonical', { license_key: 'dt1-core-0123-4567' }],
    ['an end before the beginning', { exp: now - 1 }],
    ['a beginning in the future', { iat: now + 3600 }],
    ['two hundred years', { exp: now + 200 * 366 * 86_400 }],
    ['features that are no list', { feat: { list: 'all' } as never }],
    ['features with something beside', { feat: { list: [], more: 1 } as never }],
    ['no features', { feat: {} as never }],
    ['a name of half a surrogate pair', { name: '\ud83e' }],
  ])('SEC13: are not signed with %s', (_, change) => {
    expect(() => admitBlob({ ...wanted, ...change }, terms)).toThrow(
      expect.objectContaining({ code: ClaimsRefused.code } satisfies Partial<Refusal>),
    );
  });

  it.each(['identity', 'gateway', 'fulfillment', 'realtime'] as const)('SEC13: are not signed for %s', (caller) => {
    expect(() => admitBlob(wanted, { ...terms, caller })).toThrow(
      expect.objectContaining({ code: ClaimsRefused.code }),
    );
  });
});
