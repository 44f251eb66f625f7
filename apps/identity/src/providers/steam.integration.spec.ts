import type { CallbackParameter } from '#contracts';
import type { IdentityApp } from '../../test/identity-app.js';
import { altered, configFor, identityWithProviders, ProviderBrowser } from '../../test/provider-browser.js';
import type { ProvidersStandIn } from '../../../stand-ins/src/providers/providers-stand-in.js';

let app: IdentityApp;
let providers: ProvidersStandIn;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ app, providers, stop } = await identityWithProviders());
  await app.replica(configFor(providers.url));
});
afterAll(() => stop());

const OTHER = 'https://steamcommunity.com/openid/id/76561190000000001';
const browser = (): ProviderBrowser => new ProviderBrowser(app, providers);
const valueOf = (parameters: CallbackParameter[], name: string): string =>
  parameters.find((p) => p.name === `openid.${name}`)!.value;
const nonceOf = (ageMs: number): string => `${new Date(Date.now() - ageMs).toISOString().replace(/\.\d+/, '')}abc`;

/** What a forger changes; everything else is Steam’s own. */
const FORGERIES: [string, Record<string, string | null>][] = [
  ['R-ST1: OpenID 1', { 'openid.ns': 'http://openid.net/signon/1.1' }],
  ['R-ST1: no version', { 'openid.ns': null }],
  ['R-ST1: another mode', { 'openid.mode': 'setup_needed' }],
  ['R-ST2: an endpoint of the forger', { 'openid.op_endpoint': 'https://evil.example/openid/login' }],
  ['R-ST2: no endpoint', { 'openid.op_endpoint': null }],
  ['R-ST3: identity and claimed id that differ', { 'openid.claimed_id': OTHER }],
  ['R-ST3: an id elsewhere', both('https://evil.example/openid/id/76561190000000001')],
  ['R-ST3: an id behind a prefix', both(`https://evil.example/?${OTHER}`)],
  ['R-ST3: an id with a tail', both(`${OTHER}/x`)],
  ['R-ST3: an id on a second line', both(`x\n${OTHER}`)],
  ['R-ST3: plain http', both('http://steamcommunity.com/openid/id/76561190000000001')],
  ['R-ST3: sixteen digits', both('https://steamcommunity.com/openid/id/7656119000000001')],
  ['R-ST4: another return address', { 'openid.return_to': 'https://evil.example/' }],
  ['R-ST4: nothing signed', { 'openid.signed': '' }],
  ['R-ST4: an unsigned identity', { 'openid.signed': 'op_endpoint,claimed_id,return_to,response_nonce,assoc_handle' }],
  [
    'R-ST4: an unsigned return address',
    { 'openid.signed': 'op_endpoint,claimed_id,identity,response_nonce,assoc_handle' },
  ],
  ['R-ST4: no signature', { 'openid.sig': null }],
  ['R-ST5: a signature of the forger', { 'openid.sig': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
  ['R-ST5: another person under Steam’s signature', both(OTHER)],
  ['R-ST6: an old nonce', { 'openid.response_nonce': nonceOf(6 * 60_000) }],
  ['R-ST6: a nonce of the future', { 'openid.response_nonce': nonceOf(-2 * 60_000) }],
  ['R-ST6: a nonce that is no time', { 'openid.response_nonce': 'soon' }],
  ['R-ST7: a field that Steam does not send', { 'openid.ext1.value': 'x' }],
  ['R-ST7: a parameter besides', { admin: 'true' }],
];
function both(id: string): Record<string, string> {
  return { 'openid.claimed_id': id, 'openid.identity': id };
}

describe('an assertion of Steam', () => {
  it.each(FORGERIES)('%s is refused', async (_what, changes) => {
    const tab = browser();
    const back = altered(await tab.visit(await tab.start('steam', { register: true })), changes);
    expect(await tab.finish('steam', back)).toMatchObject({ error: 'provider_failed' });
    expect(await app.database.query('SELECT 1 FROM website_users')).toEqual([]);
  });

  it('R-ST4: an assertion for one sign-in does not end another', async () => {
    const [mine, theirs] = [browser(), browser()];
    const stolen = await theirs.visit(await theirs.start('steam', { register: true }));
    const own = await mine.visit(await mine.start('steam', { register: true }));
    const state = own.find(({ name }) => name === 'state')!.value;
    const back = altered(stolen, { state });
    expect(await mine.finish('steam', back)).toMatchObject({ error: 'provider_failed' });
  });

  it('R-ST6: a nonce counts once on all replicas together, even under a state that is good again', async () => {
    const tab = browser();
    const back = await tab.visit(await tab.start('steam', { register: true }));
    expect(await tab.finish('steam', back)).toMatchObject({ is_new_user: true });
    for (let i = 0; i < 4; i++) {
      await app.database.query('UPDATE provider_attempts SET consumed_at = NULL');
      expect(await tab.finish('steam', back)).toMatchObject({ error: 'provider_failed' });
    }
  });

  it('R-ST2 R-ST5: Steam is asked at its own address, with all that was signed', async () => {
    const tab = browser();
    const asked = providers.desk.asked.length;
    const back = await tab.visit(await tab.start('steam', {}));
    expect(valueOf(back, 'op_endpoint')).toBe(`${providers.url}/steam/openid/login`);
    await tab.finish('steam', back);
    expect(providers.desk.asked.slice(asked)).toEqual([{ provider: 'steam', path: 'verify' }]);
  });
});
