import { ExportPersonalData, PersonalDataExported, UpdateProfile, type IssuedTokens } from '#contracts';
import { ErasingNeighbours } from '../../test/erasing-neighbours.js';
import { actorOf, IdentityApp, newcomer, outcome } from '../../test/identity-app.js';
import { ACCOUNT_COLUMNS, PERSONAL_TABLES } from './personal-tables.js';

let app: IdentityApp;
let neighbours: ErasingNeighbours;
beforeAll(async () => {
  app = await IdentityApp.start();
  neighbours = await ErasingNeighbours.start(app.broker);
});
afterAll(async () => {
  await neighbours?.stop();
  await app?.stop();
});

const take = (issued: IssuedTokens) => app.ask(ExportPersonalData, {}, { actor: actorOf(issued) });

describe('an export of personal data', () => {
  it('R-GD3: has what identity holds, and the part of every other service', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    await app.ask(UpdateProfile, { bio: 'about me' }, { actor: actorOf(issued) });
    const { user_id, services } = await take(issued);
    expect(user_id).toBe(issued.tokens.user.id);
    expect(services).toMatchObject({
      identity: {
        account: { email: who.email, username: who.username, bio: 'about me', has_password: true },
        auth_sessions: [{ client_id: 'branchpy-cli' }],
        one_time_tokens: [{ kind: 'verify_email', email: who.email }],
      },
      licensing: { from: 'licensing' },
      fulfillment: { from: 'fulfillment' },
      secrets: { from: 'secrets' },
      realtime: { from: 'realtime' },
    });
    expect(await app.events(PersonalDataExported, user_id)).toEqual([{ user_id }]);
  });

  it('R-GD3: has nothing of anybody else', async () => {
    const [one, other] = [newcomer(), newcomer()];
    const mine = await app.register(one);
    const theirs = await app.register(other);
    const text = JSON.stringify(await take(mine));
    for (const foreign of [other.email, other.username, theirs.tokens.user.id, theirs.session_id]) {
      expect(text).not.toContain(foreign);
    }
  });

  it('R-GD3: asks others by an address only when it was proven', async () => {
    const issued = await app.register();
    const asked = () => neighbours.of('fulfillment').asked.at(-1);
    await take(issued);
    expect(asked()).toEqual({ user_id: issued.tokens.user.id, email: null });
    await app.database.query('UPDATE website_users SET email_verified_at = now() WHERE id = $1', [
      issued.tokens.user.id,
    ]);
    await take(issued);
    expect(asked()).toEqual({ user_id: issued.tokens.user.id, email: issued.tokens.user.email });
  });

  it('R-GD3 R-LG2: shows no column that could hold a secret', async () => {
    const shown = [...ACCOUNT_COLUMNS, ...Object.values(PERSONAL_TABLES).flatMap((table) => table.shown)];
    expect(shown.filter((column) => /hash|token|secret|code|key|seal|nonce|cipher/.test(column))).toEqual([]);
    const types = await app.database.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE data_type = 'bytea'`,
    );
    const bytes = types.filter(({ table, column }) => PERSONAL_TABLES[table]?.shown.includes(column));
    expect(bytes).toEqual([]);
  });

  it('R-GD3: holds no token, hash or password of the person', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    const text = JSON.stringify(await take(issued));
    const { access_token, refresh_token, license_token } = issued.tokens;
    for (const secret of [who.password, access_token, refresh_token, license_token, '$argon2']) {
      expect(text).not.toContain(secret);
    }
  });

  it('R-GD3: is whole or not at all', async () => {
    const issued = await app.register();
    await neighbours.stop();
    await expect(outcome(take(issued))).resolves.toBe('unavailable');
    neighbours = await ErasingNeighbours.start(app.broker);
    await expect(outcome(take(issued))).resolves.toBe('ok');
  });

  it('R-GD3: is given ten times an hour, and not to an ended session', async () => {
    const issued = await app.register();
    const outcomes = [];
    for (let i = 0; i < 11; i++) outcomes.push(await outcome(take(issued)));
    expect(outcomes).toEqual([...Array<string>(10).fill('ok'), 'rate_limited']);
    const other = await app.register();
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [other.session_id]);
    await expect(outcome(take(other))).resolves.toBe('invalid_token');
  });

  it('R-SE7 R-GD3: asks for a fresh sign-in', () => {
    expect(ExportPersonalData.freshAuth).toBe(300);
  });
});
