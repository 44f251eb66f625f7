import { ProfileUpdated, UpdateProfile, type IssuedTokens, type Refusal, type UpdateProfileRequest } from '#contracts';
import { actorOf, IdentityApp, outcome, parallel } from '../../test/identity-app.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const update = (issued: IssuedTokens, change: object) =>
  app.ask(UpdateProfile, change as UpdateProfileRequest, { actor: actorOf(issued), timeoutMs: 30_000 });

describe('a profile that is refused', () => {
  it('C-profile.update: every bad field is named at once, and nothing is changed', async () => {
    const issued = await app.register();
    const bad = {
      display_name: ' \n',
      avatar_url: 'http://a.test/x.png',
      bio: 'x'.repeat(1_001),
      status: 'gone',
      x: 1,
    };
    const refused = (await update(issued, bad).catch((e: unknown) => e)) as Refusal;
    expect(refused.code).toBe('validation_failed');
    const fields = refused.extras.errors!.map((e) => e.field).sort();
    expect(fields).toEqual(['avatar_url', 'bio', 'display_name', 'status', 'x']);
    expect(await app.events(ProfileUpdated, issued.tokens.user.id)).toEqual([]);
  });

  it.each([
    'javascript:alert(1)',
    'https://',
    'https://user:secret@a.test/x.png',
    'https://a.test\\@b.test/',
    'https://a test/x',
    'https://a.test:99999/x',
    `https://a.test/${'x'.repeat(2_048)}`,
  ])('C-profile.update: %s is no picture', async (avatar_url) => {
    const issued = await app.register();
    await expect(update(issued, { avatar_url })).rejects.toMatchObject({
      extras: { errors: [{ field: 'avatar_url' }] },
    });
  });

  it.each([
    ['a suspended account', 'UPDATE website_users SET is_active = false WHERE id = $1'],
    ['a deleted account', 'UPDATE website_users SET deleted_at = now() WHERE id = $1'],
    ['an ended session', 'UPDATE auth_sessions SET revoked_at = now() WHERE user_id = $1'],
  ])('E-guard C-profile.update: %s changes nothing', async (_what, sql) => {
    const issued = await app.register();
    await app.database.query(sql, [issued.tokens.user.id]);
    await expect(outcome(update(issued, { bio: 'late' }))).resolves.toBe('invalid_token');
  });
});

describe('a profile', () => {
  it('C-profile.update: absent leaves, null clears', async () => {
    const issued = await app.register();
    const whole = {
      display_name: ' Ada L. ',
      avatar_url: 'https://pictures.test/a.png',
      bio: 'one\ntwo',
      status: 'away',
    };
    expect(await update(issued, whole)).toMatchObject({ ...whole, display_name: 'Ada L.' });
    const id = issued.tokens.user.id;
    expect(await update(issued, { bio: null })).toMatchObject({ ...whole, id, display_name: 'Ada L.', bio: null });
    const cleared = await update(issued, { display_name: null, avatar_url: null, status: null });
    expect(cleared).toMatchObject({ display_name: null, avatar_url: null, bio: null, status: 'online' });
  });

  it('C-profile.update: what changed is told without what it says, and what did not change is not told', async () => {
    const issued = await app.register();
    await update(issued, { display_name: 'Ada', status: 'busy' });
    await update(issued, { display_name: 'Ada' });
    await update(issued, {});
    const user_id = issued.tokens.user.id;
    expect(await app.events(ProfileUpdated, user_id)).toEqual([
      { user_id, changed: ['display_name', 'status'], status: 'busy', before: 'online' },
    ]);
  });

  it('C-profile.update: 20 changes of different members at once are all there', async () => {
    const issued = await app.register();
    const changes = [{ display_name: 'Ada' }, { avatar_url: 'https://p.test/a' }, { bio: 'text' }, { status: 'busy' }];
    await parallel(20, (i) => update(issued, changes[i % 4]!));
    expect(await update(issued, {})).toMatchObject(Object.assign({}, ...changes) as object);
  });
});
