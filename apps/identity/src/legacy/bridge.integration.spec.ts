import { randomUUID } from 'node:crypto';
import { BridgeAccount, type BridgeAccountRequest } from '#contracts';
import { IdentityApp, newcomer, outcome, parallel } from '../../test/identity-app.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const bridge = (input: BridgeAccountRequest) => app.ask(BridgeAccount, input, { from: 'licensing' });
const accounts = (email: string) =>
  app.database.query<{ id: string; username: string }>('SELECT * FROM website_users WHERE lower(email) = lower($1)', [
    email,
  ]);

describe('the bridge from legacy accounts', () => {
  it('A-identity.bridge: 50 claims at once of one legacy account make one account', async () => {
    const [sub, email] = [randomUUID(), newcomer().email];
    const answers = await parallel(50, () => bridge({ sub, email }));
    expect(new Set(answers.map((a) => a.user_id)).size).toBe(1);
    expect(answers.filter((a) => a.resolved_by === 'created')).toHaveLength(1);
    expect(await accounts(email)).toHaveLength(1);
  });

  it('A-identity.bridge: 20 legacy accounts with one address in two spellings make one account', async () => {
    const { email } = newcomer();
    const answers = await parallel(20, (i) =>
      bridge({ sub: randomUUID(), email: i % 2 ? email : email.toUpperCase() }),
    );
    expect(new Set(answers.map((a) => a.user_id)).size).toBe(1);
    expect(await accounts(email)).toHaveLength(1);
  });

  it('A-identity.bridge: a bridging beside a registration of the same address makes one account', async () => {
    const { email } = newcomer();
    const registrations = parallel(5, () => outcome(app.register({ email })));
    const bridged = await parallel(5, () => bridge({ sub: randomUUID(), email }));
    await registrations;
    expect(new Set(bridged.map((a) => a.user_id)).size).toBe(1);
    expect(await accounts(email)).toEqual([expect.objectContaining({ id: bridged[0]!.user_id })]);
  });

  it('A-identity.bridge: canonical by sub first, whatever address is told', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const told = { sub: one.tokens.user.id.toUpperCase(), email: other.tokens.user.email! };
    await expect(bridge(told)).resolves.toEqual({ user_id: one.tokens.user.id, resolved_by: 'sub' });
  });

  it('A-identity.bridge: else canonical by e-mail, and by sub from then on', async () => {
    const one = await app.register();
    const sub = `cli-${randomUUID()}`;
    const { id: user_id, email } = one.tokens.user;
    const told = { sub, email: email!.toUpperCase() };
    await expect(bridge(told)).resolves.toEqual({ user_id, resolved_by: 'email' });
    await expect(bridge({ sub })).resolves.toEqual({ user_id, resolved_by: 'sub' });
  });

  it('A-identity.bridge: the old table’s own address and name are used, a taken name gets an ending', async () => {
    const one = await app.register();
    const [sub, email] = [`cli-${randomUUID()}`, newcomer().email];
    await app.database.query('INSERT INTO users (id, email, username) VALUES ($1, $2, $3)', [
      sub,
      email,
      one.tokens.user.username.toUpperCase(),
    ]);
    await expect(bridge({ sub, email: one.tokens.user.email! })).resolves.toMatchObject({ resolved_by: 'created' });
    const [account] = await accounts(email);
    expect(account!.username.length).toBeLessThanOrEqual(32);
    expect(account!.username.toLowerCase()).not.toBe(one.tokens.user.username.toLowerCase());
  });

  it('A-identity.bridge: a taken name gets an ending however long it is', async () => {
    const taken = randomUUID().replaceAll('-', '');
    await app.register({ username: taken });
    const [sub, email] = [`cli-${randomUUID()}`, newcomer().email];
    const old = 'INSERT INTO users (id, email, username) VALUES ($1, $2, $3)';
    await app.database.query(old, [sub, email, `${taken}-of-the-old-system`]);
    await expect(bridge({ sub })).resolves.toMatchObject({ resolved_by: 'created' });
    expect((await accounts(email))[0]!.username).toMatch(new RegExp(`^${taken.slice(0, 23)}-[0-9a-f]{8}$`));
  });

  it('A-identity.bridge: without an address there is still one account per sub', async () => {
    const sub = `cli-${randomUUID()}`;
    const answers = await parallel(10, () => bridge({ sub }));
    expect(new Set(answers.map((a) => a.user_id)).size).toBe(1);
  });

  it('R-GD5: a closed account is not opened again', async () => {
    const one = await app.register();
    const sub = `cli-${randomUUID()}`;
    await bridge({ sub, email: one.tokens.user.email! });
    await app.database.query('UPDATE website_users SET deleted_at = now() WHERE id = $1', [one.tokens.user.id]);
    await expect(outcome(bridge({ sub }))).resolves.toBe('validation_failed');
    const other = { sub: `cli-${randomUUID()}`, email: one.tokens.user.email! };
    await expect(outcome(bridge(other))).resolves.toBe('validation_failed');
  });
});
