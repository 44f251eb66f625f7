import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { IntegrityError, open, seal, type DataKey, type RecordContext } from './envelope.js';

const dataKey: DataKey = { id: '019b0000-0000-7000-8000-000000000001', key: randomBytes(32) };
const place: RecordContext = {
  ownerType: 'user',
  ownerId: 'u1',
  recordType: 'stream',
  recordId: 's1',
  field: 'stream_key',
  version: 1,
};
const bytes = fc.uint8Array({ maxLength: 300 });
const refused = (envelope: Uint8Array, context = place, key = dataKey) =>
  expect(() => open(key, context, envelope)).toThrow(IntegrityError);

describe('envelopes (gatehouse-secrets/v1)', () => {
  it('give back what was sealed', () => {
    fc.assert(
      fc.property(bytes, (plain) =>
        expect(open(dataKey, place, seal(dataKey, place, plain))).toEqual(Buffer.from(plain)),
      ),
    );
  });

  it('have the header of the rules: version, algorithm, data key, nonce, ciphertext, tag', () => {
    const envelope = seal(dataKey, place, Buffer.from('live_abc'));
    expect(envelope.subarray(0, 18).toString('hex')).toBe('0101019b0000000070008000000000000001');
    expect(envelope.length).toBe(18 + 12 + 8 + 16);
  });

  it('are AES-256-GCM over the AAD of the rules', () => {
    const lp = (text: string) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(text));
      return Buffer.concat([length, Buffer.from(text)]);
    };
    const header = Buffer.from('0101019b0000000070008000000000000001', 'hex');
    const aad = Buffer.concat([
      Buffer.from('gatehouse-secrets/v1\0'),
      header,
      ...['user', 'u1', 'stream', 's1', 'stream_key', '1'].map(lp),
    ]);
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce, { authTagLength: 16 }).setAAD(aad);
    const body = Buffer.concat([cipher.update('live_abc'), cipher.final(), cipher.getAuthTag()]);
    expect(open(dataKey, place, Buffer.concat([header, nonce, body])).toString()).toBe('live_abc');
  });

  it('SEC2: no flipped bit opens', () => {
    const envelope = seal(dataKey, place, Buffer.from('live_abc'));
    for (let bit = 0; bit < envelope.length * 8; bit++) {
      const changed = Buffer.from(envelope);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      refused(changed);
    }
  });

  it('SEC2: nothing cut off or put on opens, short tags included', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (plain, cut) =>
        refused(seal(dataKey, place, plain).subarray(0, cut % (46 + plain.length))),
      ),
    );
    fc.assert(
      fc.property(bytes, fc.uint8Array({ minLength: 1, maxLength: 20 }), (plain, more) =>
        refused(Buffer.concat([seal(dataKey, place, plain), more])),
      ),
    );
  });

  it('SEC2: no bytes at all are anything but refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (any) => refused(any)));
  });

  it('SEC1 SEC3: nothing opens in another place, in an older version, or with another key', () => {
    const envelope = seal(dataKey, place, Buffer.from('live_abc'));
    for (const field of Object.keys(place) as (keyof RecordContext)[]) {
      refused(envelope, { ...place, [field]: field === 'version' ? 2 : 'other' });
    }
    // The same letters in other fields.
    refused(envelope, { ...place, ownerType: 'use', ownerId: 'ru1' });
    refused(envelope, place, { ...dataKey, id: '019b0000-0000-7000-8000-000000000002' });
    refused(envelope, place, { ...dataKey, key: randomBytes(32) });
  });

  it('SEC4: never use a nonce twice', () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 100_000; i++) nonces.add(seal(dataKey, place, Buffer.alloc(0)).toString('hex', 18, 30));
    expect(nonces.size).toBe(100_000);
  });
});
