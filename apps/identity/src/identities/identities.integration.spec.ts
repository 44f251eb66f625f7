import {
  IdentityLinked,
  IdentityUnlinked,
  ListIdentities,
  Logout,
  UnlinkIdentity,
  type Identity,
  type IssuedTokens,
} from '#contracts';
import { actorOf, issuedOf, outcome, parallel, type IdentityApp } from '../../test/identity-app.js';
import { identityWithProviders, ProviderBrowser } from '../../test/provider-browser.js';
import type { ProvidersStandIn } from '../../../stand-ins/src/providers/providers-stand-in.js';

let app: IdentityApp;
let providers: ProvidersStandIn;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ app, providers, stop } = await identityWithProviders());
});
afterAll(() => stop());

const FRONTEND = 'https://play.example.com/auth/callback';
const browser = (): ProviderBrowser => new ProviderBrowser(app, providers);
let people = 7_000;
const person = (more: object = {}) => ({ id: String(++people), login: `fern-${people}`, ...more });
const identitiesOf = async (who: IssuedTokens): Promise<Identity[]> =>
  (await app.ask(ListIdentities, {}, { actor: actorOf(who) })).identities;
const unlink = (who: IssuedTokens, identity_id: string): Promise<string> =>
  outcome(app.ask(UnlinkIdentity, { identity_id }, { actor: actorOf(who) }));
const setVerified = (userId: string) =>
  app.database.query('UPDATE website_users SET email_verified_at = now() WHERE id = $1', [userId]);

/** Links whoever sits at the provider to somebody’s account. */
async function link(who: IssuedTokens, provider: 'github' | 'twitch' | 'steam', seat: object) {
  const tab = browser();
  tab.seat(provider, seat as Record<string, unknown>);
  return tab.signIn(provider, { actor: actorOf(who) });
}
async function verifiedPerson(): Promise<IssuedTokens> {
  const who = await app.register();
  await setVerified(who.tokens.user.id);
  return who;
}

describe('linking', () => {
  it('R-LK7 B-providers: a signed-in person links an identity, and signs in with it from then on', async () => {
    const [who, seat] = [await verifiedPerson(), person()];
    const id = who.tokens.user.id;
    expect(await link(who, 'github', seat)).toEqual({ return_to: FRONTEND, user_id: id, is_new_user: false });
    expect(await identitiesOf(who)).toMatchObject([{ provider: 'github', label: seat.login, last_used_at: null }]);
    expect(await app.events(IdentityLinked, id)).toMatchObject([{ provider: 'github', reason: 'person' }]);
    const ended = await browser().signIn('github', {});
    expect(ended).toMatchObject({ user_id: id, is_new_user: false });
    expect((await identitiesOf(who))[0]!.last_used_at).toMatch(/Z$/);
  });

  it('R-LK7: a link is not ended by another browser, so that nobody’s identity is slipped into another’s account', async () => {
    const [attacker, victim] = [browser(), browser()];
    const who = await verifiedPerson();
    attacker.seat('github', person());
    const back = await attacker.visit(await attacker.start('github', { actor: actorOf(who) }));
    expect(await victim.finish('github', back)).toMatchObject({ error: 'state_invalid' });
    expect(await identitiesOf(who)).toEqual([]);
  });

  it('R-LK7: nothing is linked once the session that asked has ended', async () => {
    const [who, tab] = [await verifiedPerson(), browser()];
    tab.seat('github', person());
    const back = await tab.visit(await tab.start('github', { actor: actorOf(who) }));
    await app.ask(Logout, {}, { actor: actorOf(who) });
    expect(await tab.finish('github', back)).toEqual({ return_to: FRONTEND, error: 'state_invalid' });
    const rows = await app.database.query('SELECT 1 FROM oauth_accounts WHERE user_id = $1', [who.tokens.user.id]);
    expect(rows).toEqual([]);
  });

  it('R-LK8: an identity of somebody else is a conflict that does not say whose', async () => {
    const [owner, other, seat] = [await verifiedPerson(), await verifiedPerson(), person()];
    await link(owner, 'twitch', seat);
    expect(await link(other, 'twitch', seat)).toEqual({ return_to: FRONTEND, error: 'identity_taken' });
    expect(await identitiesOf(other)).toEqual([]);
    expect(await link(owner, 'twitch', seat)).toMatchObject({ is_new_user: false });
    expect(await identitiesOf(owner)).toHaveLength(1);
  });

  it('R-LK4: what was linked before the address was proven is nothing once it is', async () => {
    const [trojan, seat] = [await app.register(), person()];
    const id = trojan.tokens.user.id;
    await link(trojan, 'github', seat);
    expect(await browser().signIn('github', {})).toMatchObject({ user_id: id });
    await setVerified(id);
    expect(await identitiesOf(trojan)).toEqual([]);
    expect(await browser().signIn('github', {})).toEqual({ return_to: FRONTEND, error: 'not_registered' });
    expect(await app.events(IdentityUnlinked, id)).toMatchObject([{ reason: 'unproven' }]);
    const own = await browser().signIn('github', { register: true });
    expect(own).toMatchObject({ is_new_user: true });
  });

  it('R-AD5: nobody sees or unlinks what is another’s', async () => {
    const [owner, other] = [await verifiedPerson(), await verifiedPerson()];
    await link(owner, 'github', person());
    const [identity] = await identitiesOf(owner);
    expect(await identitiesOf(other)).toEqual([]);
    expect(await unlink(other, identity!.id)).toBe('not_found');
    expect(await identitiesOf(owner)).toHaveLength(1);
  });
});

describe('unlinking', () => {
  it('R-LK8: an identity goes while there is another way in', async () => {
    const [who, seat] = [await verifiedPerson(), person()];
    await link(who, 'github', seat);
    const [identity] = await identitiesOf(who);
    expect(await unlink(who, identity!.id)).toBe('ok');
    expect(await unlink(who, identity!.id)).toBe('not_found');
    expect(await app.events(IdentityUnlinked, who.tokens.user.id)).toMatchObject([{ reason: 'person' }]);
    expect(await browser().signIn('github', {})).toMatchObject({ error: 'not_registered' });
  });

  it('R-LK8: the last way in stays, also when both of two are unlinked at once', async () => {
    const tab = browser();
    tab.seat('steam', person());
    const who = issuedOf((await tab.signIn('steam')).signed_in!);
    const [steam] = await identitiesOf(who);
    expect(await unlink(who, steam!.id)).toBe('last_way_in');
    await link(who, 'github', person());
    const both = await identitiesOf(who);
    const ends = await parallel(2, (i) => unlink(who, both[i]!.id));
    expect(ends.sort()).toEqual(['last_way_in', 'ok']);
    expect(await identitiesOf(who)).toHaveLength(1);
  });
});
