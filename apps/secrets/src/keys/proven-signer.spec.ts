import { randomBytes } from 'node:crypto';
import { Unavailable, type SigningAlg } from '#contracts';
import { LocalKek } from '../kek/local-kek.js';
import { provenSigner } from './proven-signer.js';

describe.each<SigningAlg>(['EdDSA', 'ES256', 'RS256'])(
  'D-kms SEC17: a signature that a provider made with %s',
  (alg) => {
    const spec = { alg, bits: 2048 };
    const kek = new LocalKek(randomBytes(32));

    it('is handed on when it is of the key and of what was to be signed, and of no other', async () => {
      const [own, other] = [await kek.generate(spec), await kek.generate(spec)];
      const [sign, forge] = [await kek.open(spec, own.handle), await kek.open(spec, other.handle)];
      const data = randomBytes(100);
      expect(await provenSigner('hsm', sign, alg, own.publicJwk)(data)).toHaveLength((await sign(data)).length);
      const wrong = [forge, () => sign(Buffer.from('x')), () => Promise.resolve(Buffer.alloc(0))];
      for (const signer of wrong) {
        await expect(provenSigner('hsm', signer, alg, own.publicJwk)(data)).rejects.toMatchObject({
          code: Unavailable.code,
        });
      }
    });
  },
);
