import { ClaimsRefused, type AppName, type Refusal, type SignTokenRequest } from '#contracts';
import { admitClaims } from './token-policy.rules.js';

const now = 1_780_000_000;
const issuer = 'https://id.example';
const base = { iss: issuer, sub: 'u1', aud: 'branchpy-api', iat: now, exp: now + 900, jti: 'j1' };
const person = { ...base, sid: 's1', client_id: 'branchpy-cli', roles: ['user'], amr: ['pwd'], auth_time: now - 5 };
const service = { ...base, aud: 'gatehouse-internal', client_id: 'billing', scope: 'billing.plan_changes' };
const device = {
  ...base,
  ...{ aud: ['live', 'persona'], exp: now + 90 * 86_400, client_id: 'openalice-stream-host', device_id: 'd1' },
};
const license = {
  ...base,
  aud: 'branchpy-license',
  exp: now + 86_400,
  plan: 'core',
  features: ['export'],
  max_offline_days: 30,
};

type Purpose = SignTokenRequest['purpose'];
const admit = (
  purpose: Purpose,
  claims: object,
  caller: AppName = purpose === 'license_token' ? 'licensing' : 'identity',
) => admitClaims(purpose, claims as Record<string, unknown>, { caller, issuer, now });
const without = (claims: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(claims).filter(([n]) => n !== name));

describe('what may be signed', () => {
  it.each<[string, Purpose, object, string]>([
    ['a person’s access token', 'access', person, 'at+jwt'],
    ['one for an hour', 'access', { ...person, exp: now + 3600 }, 'at+jwt'],
    ['one for two audiences', 'access', { ...person, aud: ['live', 'persona'] }, 'at+jwt'],
    ['one with scope and actor', 'access', { ...person, scope: 'a b', act: { sub: 'x', act: { sub: 'y' } } }, 'at+jwt'],
    ['REL12: a caller whose clock is a minute late', 'access', { ...person, iat: now - 60, exp: now + 600 }, 'at+jwt'],
    ['REL12: a caller whose clock is a minute early', 'access', { ...person, iat: now + 60, exp: now + 660 }, 'at+jwt'],
    ['a service token', 'access', service, 'at+jwt'],
    ['a device token for 90 days', 'device_token', device, 'device+jwt'],
    ['a license token', 'license_token', license, 'license+jwt'],
    [
      'one for 90 days',
      'license_token',
      { ...license, exp: now + 90 * 86_400, tier: 'core', status: 'licensed' },
      'license+jwt',
    ],
  ])('SEC13: %s is', (_, purpose, claims, typ) => {
    const admitted = admit(purpose, claims);
    expect(admitted.policy.typ).toBe(typ);
    expect(JSON.parse(admitted.payload)).toEqual(claims);
  });

  const refusals: [string, Purpose, object, AppName?][] = [
    ['an access token for licensing', 'access', person, 'licensing'],
    ['an access token for the gateway', 'access', person, 'gateway'],
    ['a service token for licensing', 'access', service, 'licensing'],
    ['a license token for identity', 'license_token', license, 'identity'],
    ['a device token for licensing', 'device_token', device, 'licensing'],
    ['a device token with roles', 'device_token', { ...device, roles: [] }],
    ['a device token with a session', 'device_token', { ...device, sid: 's1' }],
    ['a device token without a device', 'device_token', without(device, 'device_id')],
    ['a device token for internal endpoints', 'device_token', { ...device, aud: ['live', 'gatehouse-internal'] }],
    ['a device token for 91 days', 'device_token', { ...device, exp: now + 90 * 86_400 + 1 }],
    ['an access token made of device claims', 'access', device],
    ['a license token made of access claims', 'license_token', person],
    ['an access token made of license claims', 'access', license],
    ['an access token with a plan in it', 'access', { ...person, plan: 'pro' }],
    ['an e-mail address', 'access', { ...person, email: 'ada@example.com' }],
    ['an e-mail address in a license token', 'license_token', { ...license, email: 'ada@example.com' }],
    ['a claim named like a member of every object', 'access', { ...person, constructor: 'x' }],
    [
      'a claim named __proto__',
      'access',
      JSON.parse(JSON.stringify(person).replace('{', '{"__proto__":{},')) as object,
    ],
    ['a nbf', 'access', { ...person, nbf: now }],
    ['61 minutes', 'access', { ...person, exp: now + 3601 }],
    ['a service token for 16 minutes', 'access', { ...service, exp: now + 901 }],
    ['a license token for 91 days', 'license_token', { ...license, exp: now + 90 * 86_400 + 1 }],
    ['an end before the beginning', 'access', { ...person, exp: now - 1 }],
    ['an end at the beginning', 'access', { ...person, exp: now }],
    ['a beginning in the past', 'access', { ...person, iat: now - 3600 }],
    ['a beginning in the future', 'access', { ...person, iat: now + 3600, exp: now + 3700 }],
    ['a sign-in in the future', 'access', { ...person, auth_time: now + 3600 }],
    ['times as texts', 'access', { ...person, exp: String(now + 900) }],
    ['times with fractions', 'access', { ...person, exp: now + 0.5 }],
    ['another issuer', 'access', { ...person, iss: 'https://evil.example' }],
    ['another issuer of a license token', 'license_token', { ...license, iss: 'https://evil.example' }],
    ['no audience', 'access', { ...person, aud: [] }],
    ['the same audience twice', 'access', { ...person, aud: ['a', 'a'] }],
    ['nine audiences', 'access', { ...person, aud: [...'abcdefghi'] }],
    ['an audience with a space', 'access', { ...person, aud: 'a b' }],
    ['an audience that is an object', 'access', { ...person, aud: { a: 1 } }],
    ['a person for the internal audience', 'access', { ...person, aud: ['branchpy-api', 'gatehouse-internal'] }],
    ['a service for a product’s audience', 'access', { ...service, aud: 'branchpy-api' }],
    ['a license for the internal audience', 'license_token', { ...license, aud: 'gatehouse-internal' }],
    ['a license for two audiences', 'license_token', { ...license, aud: ['a', 'b'] }],
    ['a service with roles', 'access', { ...service, roles: ['admin'] }],
    ['roles as one text', 'access', { ...person, roles: 'admin' }],
    ['roles of other types', 'access', { ...person, roles: [{ admin: true }] }],
    ['an empty subject', 'access', { ...person, sub: '' }],
    ['half of a surrogate pair', 'access', { ...person, sub: '\ud83e' }],
    ['an actor with more members', 'access', { ...person, act: { sub: 'x', roles: [] } }],
    [
      'actors four deep',
      'access',
      { ...person, act: { sub: '1', act: { sub: '2', act: { sub: '3', act: { sub: '4' } } } } },
    ],
    ['a negative number of offline days', 'license_token', { ...license, max_offline_days: -1 }],
    [
      'more than 8 KiB',
      'access',
      {
        ...person,
        roles: Array.from({ length: 64 }, () => 'r'.repeat(64)),
        amr: Array.from({ length: 64 }, () => 'ä'.repeat(64)),
      },
    ],
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'roles', 'amr', 'auth_time'].map(
      (name): [string, Purpose, object] => [`an access token without ${name}`, 'access', without(person, name)],
    ),
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'plan', 'features', 'max_offline_days'].map(
      (name): [string, Purpose, object] => [`a license token without ${name}`, 'license_token', without(license, name)],
    ),
  ];

  const rows = refusals.map(([what, purpose, claims, caller]) => ({ what, purpose, claims, caller }));

  it.each(rows)('SEC13: $what is not', ({ purpose, claims, caller }) => {
    let refusal: Refusal | undefined;
    try {
      admit(purpose, claims, caller);
    } catch (error) {
      refusal = error as Refusal;
    }
    expect(refusal?.is(ClaimsRefused)).toBe(true);
    expect(refusal?.message).toMatch(/^[A-Za-z].*\.$/);
    expect(refusal?.message).not.toMatch(/evil|ada@/);
  });
});
