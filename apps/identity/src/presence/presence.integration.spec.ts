import { ListOnline, UpdateProfile, type IssuedTokens } from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { actorOf, IdentityApp, outcome } from '../../test/identity-app.js';
import { Presence } from './presence.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const as = (issued: IssuedTokens) => ({ actor: actorOf(issued) });
const list = async (asker: IssuedTokens) => (await app.ask(ListOnline, {}, as(asker))).users;
const sees = async (asker: IssuedTokens, other: IssuedTokens) =>
  (await list(asker)).some(({ id }) => id === other.tokens.user.id);
const lastSeen = (issued: IssuedTokens, when: string) =>
  app.database.query(`UPDATE website_users SET last_seen_at = ${when} WHERE id = $1`, [issued.tokens.user.id]);

describe('who is there', () => {
  it('C-presence.online: whoever was seen within two minutes, with what others may know', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const found = (await list(one)).find(({ id }) => id === other.tokens.user.id);
    expect(found).toEqual({
      id: other.tokens.user.id,
      username: other.tokens.user.username,
      display_name: null,
      avatar_url: null,
      status: 'online',
      last_seen: expect.any(String),
    });
    await lastSeen(other, `now() - interval '121 seconds'`);
    await expect(sees(one, other)).resolves.toBe(false);
  });

  it('C-presence.online R-LG5: whoever is invisible, suspended or deleted is nobody', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await app.ask(UpdateProfile, { status: 'invisible' }, as(other));
    await expect(sees(one, other)).resolves.toBe(false);
    await app.ask(UpdateProfile, { status: 'busy' }, as(other));
    await expect(sees(one, other)).resolves.toBe(true);
    for (const gone of ['is_active = false', 'is_active = true, deleted_at = now()']) {
      await app.database.query(`UPDATE website_users SET ${gone} WHERE id = $1`, [other.tokens.user.id]);
      await expect(sees(one, other)).resolves.toBe(false);
    }
  });

  it('C-presence.online: open connections count, as realtime tells', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await lastSeen(other, `now() - interval '1 hour'`);
    app.get(Presence).note([other.tokens.user.id]);
    await eventually('the other one to be there', 10_000, async () => ((await sees(one, other)) ? true : undefined));
  });

  it('E-guard: only for those who are signed in', async () => {
    const issued = await app.register();
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [issued.session_id]);
    await expect(outcome(list(issued))).resolves.toBe('invalid_token');
  });
});
