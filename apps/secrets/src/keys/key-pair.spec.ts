import { createHash } from 'node:crypto';
import { named } from './key-pair.js';
import { slotOf } from './key-profile.rules.js';

/** As good as random, and the same at every run. */
const xOf = (n: number): string => createHash('sha256').update(`${n}`).digest('base64url');

describe('the name of a key', () => {
  it('D-cli: is sixteen characters of its thumbprint, and none that a command line takes for an option', () => {
    const kids = Array.from({ length: 1_000 }, (_, n) => {
      const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: xOf(n) };
      return named({ publicJwk, handle: Buffer.alloc(0) }, slotOf('license_blob')!).kid;
    });
    expect(kids.filter((kid) => !/^\w[\w-]{15}$/.test(kid))).toEqual([]);
    expect(new Set(kids).size).toBe(kids.length);
  });

  it('R-JW7: is the beginning of its JWK thumbprint (RFC 8037 A.3)', () => {
    const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(named({ publicJwk, handle: Buffer.alloc(0) }, slotOf('license_blob')!)).toEqual({
      kid: 'kPrK_qmxVWaYVA9w',
      publicJwk: { ...publicJwk, kid: 'kPrK_qmxVWaYVA9w', alg: 'EdDSA', use: 'sig' },
    });
  });
});
