import pg from 'pg';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, startStack, type Stack } from '../support/index.js';
import { login, mailsTo, me, refresh, register, sell, verifyAddress, type SignedIn } from '../support/people.js';

let undoable: Stack;
let immediate: Stack;
beforeAll(async () => {
  undoable = await startStack();
  immediate = await startStack({ env: { DELETION_GRACE_DAYS: '0' } });
}, 240_000);
afterAll(async () => {
  await undoable?.stop();
  await immediate?.stop();
}, 60_000);

const remove = (dev: DevInfo, token: string, json?: object) =>
  call('DELETE', `${dev.public_url}/v1/auth/account`, { token, json });

/** Every row of every table of every database as text, raw bytes too. */
async function everything(dev: DevInfo): Promise<string> {
  const parts: string[] = [];
  for (const [app, connectionString] of Object.entries(dev.postgres)) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    const tables = await client.query(`select tablename from pg_tables where schemaname = 'public'`);
    for (const { tablename } of tables.rows as { tablename: string }[]) {
      const { rows } = await client.query(`select t::text as row from "${tablename}" t`);
      parts.push(`${app}.${tablename}`, ...(rows as { row: string }[]).map(({ row }) => row));
    }
    await client.end();
  }
  return parts.join('\n');
}

const tracesOf = ({ email, username }: SignedIn): string[] => [
  email,
  encodeURIComponent(email),
  Buffer.from(email).toString('hex'),
  username,
];

/** Services that have erased a person, as identity knows it; nothing once it is completed. */
async function acknowledged(dev: DevInfo, userId: string): Promise<string[] | undefined> {
  const client = new pg.Client({ connectionString: dev.postgres.identity });
  await client.connect();
  const { rows } = await client.query('select acknowledged from account_erasures where user_id = $1', [userId]);
  await client.end();
  return (rows as { acknowledged: string[] }[])[0]?.acknowledged;
}

const erased = (dev: DevInfo, who: SignedIn) =>
  eventually('nothing of the person to be left', 120_000, async () => {
    const left = await everything(dev);
    return tracesOf(who).some((trace) => left.includes(trace)) ? undefined : left;
  });

describe('deleting an account', () => {
  it('C-account.delete R-GD1: asks for the password or a fresh sign-in, and ends everything at once', async () => {
    const dev = undoable.info;
    const who = await register(dev);
    const second = (await login(dev, who)).body;
    const wrong = await remove(dev, who.accessToken, { password: 'not the password' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    expect(wrong.headers.get('clear-site-data')).toBeNull();
    const gone = await remove(dev, who.accessToken, { password: who.password });
    expect(gone.status).toBe(204);
    for (const token of [who.accessToken, second.access_token]) expect((await me(dev, token)).status).toBe(401);
    for (const token of [who.refreshToken, second.refresh_token]) expect((await refresh(dev, token)).status).toBe(401);
    const refused = await login(dev, who);
    expect([refused.status, refused.body.code]).toEqual([401, 'invalid_credentials']);
    const taken = await call('POST', `${dev.public_url}/v1/auth/register`, {
      json: { email: who.email, username: `${who.username}x`, password: who.password },
    });
    expect([taken.status, taken.body.code]).toEqual([409, 'email_taken']);
  });

  it('C-account.delete: a password in the address is not read, and unknown members are refused', async () => {
    const dev = undoable.info;
    const who = await register(dev);
    expect((await remove(dev, who.accessToken, { secret: 'x' })).status).toBe(400);
    const inQuery = await call('DELETE', `${dev.public_url}/v1/auth/account?password=wrong`, {
      token: who.accessToken,
    });
    expect(inQuery.status).toBe(204);
  });

  it('R-GD1: the mailed link opens the account again', async () => {
    const dev = undoable.info;
    const who = await register(dev);
    await remove(dev, who.accessToken);
    const token = await eventually('the undo mail', 45_000, async () => {
      const mail = (await mailsTo(dev, who.email)).find((m) => /undo-deletion/.test(m.text));
      return /token=([A-Za-z0-9_-]+)/.exec(mail?.text ?? '')?.[1];
    });
    const undo = () => call('POST', `${dev.public_url}/v1/auth/account/undo`, { json: { token } });
    expect((await undo()).status).toBe(204);
    expect((await login(dev, who)).status).toBe(200);
    const again = await undo();
    expect([again.status, again.body.code]).toEqual([400, 'token_invalid']);
  });

  it('R-GD3: the export is one file with the part of every service', async () => {
    const dev = undoable.info;
    const who = await register(dev);
    const { status, headers, body } = await call('GET', `${dev.public_url}/v1/auth/export`, { token: who.accessToken });
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="gatehouse-export-[\d-]+\.json"$/);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(Object.keys(body.services).sort()).toEqual(['fulfillment', 'identity', 'licensing', 'realtime', 'secrets']);
    expect(body.services.identity.account).toMatchObject({ email: who.email, username: who.username });
    const text = JSON.stringify(body);
    for (const secret of [who.password, who.accessToken, who.refreshToken, '$argon2'])
      expect(text).not.toContain(secret);
  });
});

describe('erasing a person', () => {
  it('C-account.delete R-GD2 R-GD4: leaves nothing in any database, and the address is a new account’s', async () => {
    const dev = immediate.info;
    const who = await register(dev);
    await verifyAddress(dev, who);
    await sell(dev, { email: who.email, full_name: `Buyer ${who.username}` });
    await eventually('the sale to become the person’s plan', 60_000, async () => {
      const { body } = await me(dev, who.accessToken);
      return body.plan === 'free' ? undefined : true;
    });
    expect((await remove(dev, who.accessToken, { password: who.password })).status).toBe(204);
    await erased(dev, who);
    const again = await call('POST', `${dev.public_url}/v1/auth/register`, {
      json: { email: who.email, username: who.username, password: who.password },
    });
    expect(again.status).toBe(201);
    expect(again.body.user).toMatchObject({ plan: 'free', email_verified: false });
    expect(again.body.user.id).not.toBe(who.userId);
  }, 240_000);

  it('C-account.delete R-GD2: is completed whatever dies meanwhile', async () => {
    const dev = immediate.info;
    const who = await register(dev);
    await verifyAddress(dev, who);
    await immediate.halt('fulfillment');
    expect((await remove(dev, who.accessToken)).status).toBe(204);
    immediate.kill('identity', 'SIGKILL');
    immediate.kill('licensing', 'SIGKILL');
    await immediate.restart('identity');
    await eventually('the others to have erased the person', 120_000, async () => {
      const done = await acknowledged(dev, who.userId);
      return done?.length === 3 ? true : undefined;
    });
    expect(await acknowledged(dev, who.userId)).not.toContain('fulfillment');
    expect(await everything(dev)).toContain(who.email);
    await immediate.restart('fulfillment');
    await erased(dev, who);
  }, 360_000);
});
