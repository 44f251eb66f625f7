import { randomBytes } from 'node:crypto';
import { guardKey, waitAfter } from './login-guard.rules.js';

describe('login guard', () => {
  it('R-BF1: waits from the fifth failure on, ever longer, at most a quarter of an hour', () => {
    expect([1, 4, 5, 6, 7, 10, 11, 12, 100].map(waitAfter)).toEqual([0, 0, 10, 20, 40, 320, 640, 900, 900]);
  });

  it('R-BF2: one account has one count, however its name is spelt', () => {
    const key = randomBytes(32);
    const spellings = ['Alice@Example.com', ' alice@example.com ', 'ＡLICE@example.com'];
    expect(new Set(spellings.map((name) => guardKey(key, name).toString('hex'))).size).toBe(1);
    expect(guardKey(key, 'alice')).not.toEqual(guardKey(key, 'alicia'));
    expect(guardKey(randomBytes(32), 'alice')).not.toEqual(guardKey(key, 'alice'));
  });
});
