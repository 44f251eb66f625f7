import { randomBytes } from 'node:crypto';
import { entryMac, GENESIS, headMac, type AuditHead } from './audit-chain.rules.js';

const key = randomBytes(32);
const entry = {
  seq: 1,
  at: new Date(1_780_000_000_123),
  action: 'access.sign',
  caller: 'identity',
  kid: 'k',
  subject: 'j',
  requestId: 'r',
};
const code = (over: Partial<typeof entry> = {}, chain = 'c', before = GENESIS) =>
  entryMac(key, chain, before, { ...entry, ...over });

describe('the audit chain', () => {
  it('SEC10: an entry’s code covers every member, its place and the entry before', () => {
    const changed = [
      code({ seq: 2 }),
      code({ at: new Date(1_780_000_000_124) }),
      code({ action: 'access.sig' }),
      code({ caller: 'licensing' }),
      code({ kid: undefined }),
      code({ kid: '' }),
      code({ subject: 'jr', requestId: '' }),
      code({ subject: 'k', kid: 'j' }),
      code({}, 'd'),
      code({}, 'c', randomBytes(32)),
      entryMac(randomBytes(32), 'c', GENESIS, entry),
    ];
    expect(new Set([code(), ...changed].map((c) => c.toString('hex'))).size).toBe(changed.length + 1);
    expect(code()).toEqual(code());
  });

  it('SEC10: a head’s code covers its length, its number and its end, and is no entry’s', () => {
    const head: AuditHead = { chain: 'c', number: 1, seq: 1, tail: GENESIS };
    const codes = [
      headMac(key, head),
      headMac(key, { ...head, chain: 'd' }),
      headMac(key, { ...head, number: 2 }),
      headMac(key, { ...head, seq: 2 }),
      headMac(key, { ...head, tail: randomBytes(32) }),
      headMac(randomBytes(32), head),
    ];
    expect(new Set(codes.map((c) => c.toString('hex'))).size).toBe(codes.length);
  });
});
