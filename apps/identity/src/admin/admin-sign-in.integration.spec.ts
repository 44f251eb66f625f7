import { hash } from '@node-rs/argon2';
import { IdentityApp, newcomer, outcome, PASSWORD } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';

const ADMIN = { adminUsername: 'warden', adminPassword: 'seventeen owls at dusk' };
let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start(ADMIN);
});
afterAll(() => app?.stop());

describe('an admin', () => {
  it('E-login: signs in with the admin’s credentials, and not as a player', async () => {
    const issued = await app.login('Warden', ADMIN.adminPassword);
    expect(issued.tokens.user).toMatchObject({ username: 'warden', is_admin: true, roles: ['admin'], email: null });
    expect(claimsOf(issued.tokens.access_token).roles).toEqual(['admin']);
    const player = outcome(app.login('warden', ADMIN.adminPassword, { realm: 'player' }));
    await expect(player).resolves.toBe('invalid_credentials');
  });

  it('E-login: an account with an admin’s credentials has no second, weaker way in', async () => {
    const first = await app.register();
    await app.database.query(`INSERT INTO admin_credentials (user_id, username, password_hash) VALUES ($1, $2, $3)`, [
      first.tokens.user.id,
      first.tokens.user.username,
      await hash('the admin’s own secret', { memoryCost: 64, timeCost: 1 }),
    ]);
    for (const name of [first.tokens.user.username, first.tokens.user.email!]) {
      for (const realm of ['any', 'player'] as const) {
        await expect(outcome(app.login(name, PASSWORD, { realm }))).resolves.toBe('invalid_credentials');
      }
    }
    await expect(outcome(app.login(first.tokens.user.username, 'the admin’s own secret'))).resolves.toBe('ok');
  });

  it('E-login: a player signs in at either door', async () => {
    const { email, password } = newcomer();
    await app.register({ email });
    await expect(outcome(app.login(email, password, { realm: 'player' }))).resolves.toBe('ok');
    await expect(outcome(app.login(email, password, { realm: 'any' }))).resolves.toBe('ok');
  });
});
