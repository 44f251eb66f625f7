import { addressBlock, cidrProblem, clientAddress, trustedHops } from './client-address.rules.js';
import { decide, limitKey, type Limit } from './limit.rules.js';

const limit: Limit = { name: 'login', requests: 10, periodMs: 60_000, strict: true };

function play(times: number[]): boolean[] {
  let tat = 0;
  return times.map((now) => {
    const verdict = decide(limit, tat, now);
    tat = verdict.tat;
    return verdict.allowed;
  });
}

it('allows a burst of the whole allowance, and one more each interval', () => {
  const now = 1_000_000;
  expect(play(Array<number>(11).fill(now))).toEqual([...Array<boolean>(10).fill(true), false]);
  expect(play([...Array<number>(10).fill(now), now + 5_990, now + 6_000, now + 6_000])).toEqual([
    ...Array<boolean>(10).fill(true),
    false,
    true,
    false,
  ]);
});

it('says how many remain, and when to come back', () => {
  let tat = 0;
  for (let left = 9; left >= 0; left--) {
    const verdict = decide(limit, tat, 0);
    expect(verdict.remaining).toBe(left);
    tat = verdict.tat;
  }
  expect(decide(limit, tat, 0)).toMatchObject({ allowed: false, retryAfterMs: 6_000, resetMs: 60_000, tat });
});

it('a refused request costs nothing', () => {
  const now = 0;
  expect(play([...Array<number>(10).fill(now), ...Array<number>(50).fill(now + 1), now + 6_000])).toEqual([
    ...Array<boolean>(10).fill(true),
    ...Array<boolean>(50).fill(false),
    true,
  ]);
});

it('keys do not show addresses', () => {
  expect(limitKey('login', '192.0.2.1')).toMatch(/^login\.[\w-]{32}$/);
  expect(limitKey('login', '192.0.2.1')).not.toBe(limitKey('login', '192.0.2.2'));
});

describe('R-BF4: client addresses', () => {
  const trusts = trustedHops(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);

  it.each([
    ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '1.1.1.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
    ['10.1.2.3', '1.1.1.1, <script>, 192.0.2.7', '192.0.2.7'],
    ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['2001:db8::1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '10.9.9.9', '10.9.9.9'],
  ])('peer %s, forwarded %s: %s', (peer, forwarded, address) => {
    expect(clientAddress(peer, forwarded, trusts)).toBe(address);
  });

  it('is the peer when nobody is trusted', () => {
    expect(clientAddress('10.1.2.3', '203.0.113.9', trustedHops([]))).toBe('10.1.2.3');
  });

  it.each(['10.0.0.0/33', 'proxy', '10.0.0.0/', '::/129'])('%s is no range', (range) => {
    expect(cidrProblem(range)).toBe(true);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001::1', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, block) => expect(addressBlock(address)).toBe(block));
});
