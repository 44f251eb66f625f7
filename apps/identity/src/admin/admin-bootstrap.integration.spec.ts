import { IdentityApp, outcome } from '../../test/identity-app.js';

const ADMIN = { adminUsername: 'warden', adminPassword: 'seventeen owls at dusk' };
const admins = (app: IdentityApp) =>
  app.database.query(
    `SELECT u.username, u.roles, u.password_hash, a.password_hash AS admin_hash FROM admin_credentials a
     JOIN website_users u ON u.id = a.user_id`,
  );

describe('the first admin', () => {
  let app: IdentityApp;
  beforeEach(async () => {
    app = await IdentityApp.start();
  });
  afterEach(() => app?.stop());

  it('R-AD1: a weak password stops the start and makes nobody', async () => {
    await expect(app.replica({ ...ADMIN, adminPassword: 'warden-warden' })).rejects.toThrow(
      'ADMIN_PASSWORD is too weak',
    );
    expect(await admins(app)).toEqual([]);
  });

  it('R-AD1: a player’s name is not taken over', async () => {
    await app.register({ username: 'Warden' });
    await expect(app.replica(ADMIN)).rejects.toThrow('ADMIN_USERNAME is the name of an account already');
    expect(await admins(app)).toEqual([]);
    expect((await app.database.query('SELECT roles FROM website_users'))[0]!.roles).toEqual([]);
  });

  it('E-admin.bootstrap R-AD1: of four replicas that start at once one makes the admin', async () => {
    await Promise.all(Array.from({ length: 4 }, () => app.replica(ADMIN)));
    expect(await admins(app)).toEqual([
      {
        username: 'warden',
        roles: ['admin'],
        password_hash: null,
        admin_hash: expect.stringMatching(/^\$argon2id\$/),
      },
    ]);
  });

  it('E-admin.bootstrap: once there is an admin, the environment makes no second one and changes no password', async () => {
    await app.replica(ADMIN);
    await app.replica({ adminUsername: 'second', adminPassword: 'another phrase for the door' });
    await app.replica({ ...ADMIN, adminPassword: 'another phrase for the door' });
    expect(await admins(app)).toHaveLength(1);
    await expect(outcome(app.login('warden', ADMIN.adminPassword))).resolves.toBe('ok');
    await expect(outcome(app.login('second', 'another phrase for the door'))).resolves.toBe('invalid_credentials');
  });
});
