import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { LemonSqueezyStorefront } from '../lemon-squeezy/lemon-squeezy-storefront.js';
import { isPaddleSignature } from '../paddle/webhook.rules.js';
import { isStripeSignature } from '../stripe/webhook.rules.js';

const CURRENT = 'current-signing-secret';
const PREVIOUS = 'previous-signing-secret';
const NOW = 1_795_300_000;
const BODY = '{"id":"evt_1", "data":{"total":100}}';

const mac = (text: string | Buffer, secret = CURRENT): string =>
  createHmac('sha256', secret).update(text).digest('hex');
const accepts = (secrets: string[]) => ({
  stripe: (signature: string | undefined, body = BODY) =>
    isStripeSignature({ signature, raw: Buffer.from(body) }, secrets, NOW * 1000),
  paddle: (signature: string | undefined, body = BODY) =>
    isPaddleSignature({ signature, raw: Buffer.from(body) }, secrets, NOW * 1000),
  lemonsqueezy: (signature: string | undefined, body = BODY) =>
    new LemonSqueezyStorefront({ apiUrl: 'http://127.0.0.1:1', apiKey: 'k', secrets }).authenticate({
      signature,
      raw: Buffer.from(body),
    }),
});
const sign = {
  stripe: (body = BODY, t = NOW, secret = CURRENT) => `t=${t},v1=${mac(`${t}.${body}`, secret)}`,
  paddle: (body = BODY, t = NOW, secret = CURRENT) => `ts=${t};h1=${mac(`${t}:${body}`, secret)}`,
  lemonsqueezy: (body = BODY, _t = NOW, secret = CURRENT) => mac(body, secret),
};
const STORES = ['stripe', 'paddle', 'lemonsqueezy'] as const;
const TIMED = ['stripe', 'paddle'] as const;
const both = accepts([CURRENT, PREVIOUS]);

describe.each(STORES)('D-webhook: the signature of %s', (store) => {
  const check = both[store];

  it('SIG3: is accepted with the current and with the previous secret, and with no other', () => {
    expect(check(sign[store]())).toBe(true);
    expect(check(sign[store](BODY, NOW, PREVIOUS))).toBe(true);
    expect(check(sign[store](BODY, NOW, 'somebody-elses-secret'))).toBe(false);
    expect(accepts([CURRENT])[store](sign[store](BODY, NOW, PREVIOUS))).toBe(false);
    expect(accepts([])[store](sign[store]())).toBe(false);
  });

  it('SIG1: is of these bytes: no other byte, and not the same JSON written otherwise', () => {
    const signature = sign[store]();
    fc.assert(
      fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const bytes = Buffer.from(BODY);
        bytes[at]! ^= flip;
        expect(check(signature, bytes.toString('latin1'))).toBe(false);
      }),
    );
    expect(check(signature, JSON.stringify(JSON.parse(BODY)))).toBe(false);
    expect(check(signature, `${BODY}\n`)).toBe(false);
    expect(check(signature, '')).toBe(false);
  });

  it('SIG4: is compared as a digest, so that one of any length is only wrong, and never an error', () => {
    const right = sign[store]();
    const wrong = [undefined, '', right.slice(0, -1), `${right}0`, right.replace(/[0-9a-f]$/, 'g'), `${right}é`];
    for (const signature of wrong) expect(check(signature)).toBe(false);
    fc.assert(fc.property(fc.string(), (text) => expect(check(text)).toBe(false)));
  });
});

describe.each(TIMED)('D-webhook: the time in the signature of %s', (store) => {
  const check = both[store];

  it.each([
    [0, true],
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
    [-86_400, false],
    [86_400, false],
  ])('SIG2: %i seconds off ours is accepted: %s', (off, accepted) => {
    expect(check(sign[store](BODY, NOW + off))).toBe(accepted);
  });

  it('SIG2: is signed, too: an old signature with a new time is none', () => {
    const old = sign[store](BODY, NOW - 3600);
    expect(check(old.replace(String(NOW - 3600), String(NOW)))).toBe(false);
    expect(check(sign[store](BODY, Number.NaN))).toBe(false);
  });

  it('SIG3: of several signatures one that is right is enough', () => {
    const [name, joint] = store === 'stripe' ? ['v1', ','] : ['h1', ';'];
    const wrong = `${name}=${mac('something else')}`;
    const [time, right] = sign[store]().split(joint) as [string, string];
    expect(check([time, wrong, right].join(joint))).toBe(true);
    expect(check([time, right, wrong].join(joint))).toBe(true);
    expect(check([time, wrong, wrong].join(joint))).toBe(false);
    expect(check([time, right.replace(name, 'v0')].join(joint))).toBe(false);
  });
});
