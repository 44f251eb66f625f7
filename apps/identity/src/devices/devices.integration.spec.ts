import { randomUUID } from 'node:crypto';
import {
  ClaimPairing,
  CodeGuessed,
  DevicePaired,
  DeviceRevoked,
  EndInstallations,
  ListDevices,
  ListRevocations,
  Logout,
  NoteDevicesSeen,
  PollDevice,
  ReadInstallation,
  ReadSightings,
  RevokeDevice,
  DecideDevice,
  SessionEnded,
  SessionsRevoked,
  StartDevice,
  StartPairing,
  type DeviceToken,
  type IssuedTokens,
} from '#contracts';
import { actorOf, IdentityApp, issuedOf, outcome, parallel } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';
import { AccountSweep } from '../recovery/account-sweep.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
  await app.replica();
});
afterAll(() => app?.stop());

const DAY = 86_400;
let places = 0;
const place = () => ({ ip: `198.51.${Math.floor((places += 1) / 250)}.${places % 250}` });

const pairStart = (who: IssuedTokens) => app.ask(StartPairing, {}, { actor: actorOf(who) });
const claim = (code: string, more: { name?: string; client_id?: string } = {}, origin = place()) =>
  app.ask(ClaimPairing, { code, name: 'Stream PC', ...more }, { origin, timeoutMs: 20_000 });
const paired = async (who: IssuedTokens, name = 'Stream PC'): Promise<DeviceToken> =>
  claim((await pairStart(who)).code, { name });
const list = async (who: IssuedTokens) => (await app.ask(ListDevices, {}, { actor: actorOf(who) })).devices;
const revoke = (who: IssuedTokens, device_id: string) => app.ask(RevokeDevice, { device_id }, { actor: actorOf(who) });
const revoked = async () => (await app.ask(ListRevocations, {})).revocations;
const jtiOf = (token: DeviceToken): string => claimsOf(token.access_token).jti as string;

describe('pairing', () => {
  it('C-devices.pair_start R-DP1: gives a code of eight characters for ten minutes, and keeps no copy', async () => {
    const { code, expires_in } = await pairStart(await app.register());
    expect(code).toMatch(/^[A-HJKMNP-Z2-9]{8}$/);
    expect(expires_in).toBe(600);
    expect(JSON.stringify(await app.database.query('SELECT p::text FROM pairing_codes p'))).not.toContain(code);
  });

  it('C-devices.pair_claim R-DP2: gives a token of 90 days with a type, audiences and a device of its own', async () => {
    const who = await app.register();
    const answer = await paired(who);
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 7_776_000, device: { name: 'Stream PC' } });
    const claims = claimsOf(answer.access_token);
    const header = JSON.parse(Buffer.from(answer.access_token.split('.')[0]!, 'base64url').toString()) as object;
    expect(header).toMatchObject({ typ: 'device+jwt' });
    expect(claims).toEqual({
      iss: 'https://accounts.example.test',
      sub: who.tokens.user.id,
      aud: ['live', 'persona'],
      client_id: 'openalice-stream-host',
      device_id: answer.device.id,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (claims.iat as number) + 90 * DAY,
    });
    expect(await app.events(DevicePaired, who.tokens.user.id)).toHaveLength(1);
  });

  it('C-devices.pair_claim: the code’s case and spaces do not matter', async () => {
    const { code } = await pairStart(await app.register());
    expect(await outcome(claim(` ${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`))).toBe('ok');
  });

  it('R-DP1 H3: of fifty claims at once one gets a device', async () => {
    const who = await app.register();
    const { code } = await pairStart(who);
    const outcomes = await parallel(50, () => outcome(claim(code)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'code_invalid']));
    expect(await list(who)).toHaveLength(1);
    expect(await outcome(claim(code))).toBe('code_invalid');
  });

  it('R-DP1: a new code takes the place of the one before', async () => {
    const who = await app.register();
    const [first, second] = [await pairStart(who), await pairStart(who)];
    expect(await outcome(claim(first.code))).toBe('code_invalid');
    expect(await outcome(claim(second.code))).toBe('ok');
  });

  it('R-DP1: a code that is over is like one that never was', async () => {
    const who = await app.register();
    const { code } = await pairStart(who);
    await app.database.query('UPDATE pairing_codes SET expires_at = now() WHERE user_id = $1', [who.tokens.user.id]);
    expect(await outcome(claim(code))).toBe('code_invalid');
    expect(await outcome(claim('ABCDEFGH'))).toBe('code_invalid');
    expect(await outcome(claim('???'))).toBe('code_invalid');
  });

  it('R-DP1 R-BF6: an address has ten wrong codes; then a right one is refused, too', async () => {
    const { code } = await pairStart(await app.register());
    const origin = place();
    const outcomes = await parallel(30, () => outcome(claim('AAAAAAAA', {}, origin)));
    expect(outcomes.filter((o) => o === 'code_invalid')).toHaveLength(10);
    expect(outcomes.filter((o) => o === 'rate_limited')).toHaveLength(20);
    expect(await outcome(claim(code, {}, origin))).toBe('rate_limited');
    expect(await outcome(claim(code))).toBe('ok');
    expect(CodeGuessed.publicName).toBe('auth.code_failed');
  });

  it.each([
    ['a client that only starts pairings', 'openalice-hub', 'grant_not_allowed'],
    ['a client that has nothing to do with it', 'branchpy-cli', 'grant_not_allowed'],
    ['nobody', 'nobody', 'unknown_client'],
  ])('R-DP2: no device is paired as %s', async (_, client_id, code) => {
    const started = await pairStart(await app.register());
    expect(await outcome(claim(started.code, { client_id }))).toBe(code);
    expect(await outcome(claim(started.code, { client_id: 'openalice-stream-host' }))).toBe('ok');
  });

  it('H5: a suspended account gets no device', async () => {
    const who = await app.register();
    const { code } = await pairStart(who);
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [who.tokens.user.id]);
    expect(await outcome(claim(code))).toBe('code_invalid');
    expect(await app.database.query('SELECT 1 FROM devices WHERE user_id = $1', [who.tokens.user.id])).toEqual([]);
  });
});

describe('paired devices', () => {
  it('C-devices.list R-DP3: are listed by name, with when they were seen, to their person only', async () => {
    const [who, other] = [await app.register(), await app.register()];
    const { device } = await paired(who, 'Studio');
    expect(await list(who)).toEqual([
      { id: device.id, name: 'Studio', created_at: expect.stringMatching(/\.\d{3}Z$/), last_seen_at: null },
    ]);
    expect(await list(other)).toEqual([]);
    await app.ask(NoteDevicesSeen, { device_ids: [device.id, randomUUID(), 'no uuid'] });
    expect((await list(who))[0]!.last_seen_at).toMatch(/Z$/);
  });

  it('R-DP3: being seen is written once in a while, however often it is told', async () => {
    const who = await app.register();
    const { device } = await paired(who);
    await app.ask(NoteDevicesSeen, { device_ids: [device.id] });
    const [before] = await list(who);
    await parallel(10, () => app.ask(NoteDevicesSeen, { device_ids: [device.id] }));
    expect((await list(who))[0]!.last_seen_at).toBe(before!.last_seen_at);
  });

  it('C-devices.revoke R-DP3: a removed one is told to every verifier for as long as its token would have lived', async () => {
    const who = await app.register();
    const token = await paired(who);
    expect(await revoke(who, token.device.id)).toEqual({ session_ids: [jtiOf(token)] });
    expect(await list(who)).toEqual([]);
    const entry = (await revoked()).find((r) => r.id === jtiOf(token));
    expect(Date.parse(entry!.expires_at)).toBeGreaterThan((claimsOf(token.access_token).exp as number) * 1_000);
    const [told] = await app.events(SessionsRevoked, who.tokens.user.id);
    expect(told).toMatchObject({ session_ids: [jtiOf(token)], reason: 'device_revoked' });
    expect(Date.parse(told!.expires_at)).toBeGreaterThan((claimsOf(token.access_token).exp as number) * 1_000);
    expect(await app.events(DeviceRevoked, who.tokens.user.id)).toHaveLength(1);
    expect(await outcome(revoke(who, token.device.id))).toBe('not_found');
  });

  it('C-devices.revoke R-AD5: another person’s is not there', async () => {
    const [who, other] = [await app.register(), await app.register()];
    const { device } = await paired(who);
    expect(await outcome(revoke(other, device.id))).toBe('not_found');
    expect(await list(who)).toHaveLength(1);
  });

  it('R-DP4: end with “sign out everywhere”, and so does a code that waits', async () => {
    const who = await app.register();
    const [token, { code }] = [await paired(who), await pairStart(who)];
    const ended = await app.ask(Logout, { all: true }, { actor: actorOf(who) });
    expect(ended.session_ids.sort()).toEqual([who.session_id, jtiOf(token)].sort());
    expect((await revoked()).map((r) => r.id)).toEqual(expect.arrayContaining(ended.session_ids));
    expect(
      await app.database.query('SELECT 1 FROM devices WHERE revoked_at IS NULL AND user_id = $1', [who.tokens.user.id]),
    ).toEqual([]);
    expect(await outcome(claim(code))).toBe('code_invalid');
    expect(await app.events(SessionEnded, who.tokens.user.id)).toEqual([
      { user_id: who.tokens.user.id, session_id: who.session_id },
    ]);
  });

  it('R-DP4: outlive a change of the password, and end with a reset', async () => {
    const who = await app.register();
    const token = await paired(who);
    const end = (except?: string) =>
      app.transactions.run(() => app.get(AccountSweep).endSessions(who.tokens.user.id, 'password_changed', except));
    expect(await end(who.session_id)).toEqual([]);
    expect(await list(who)).toHaveLength(1);
    expect((await end()).sort()).toEqual([who.session_id, jtiOf(token)].sort());
    expect((await revoked()).map((r) => r.id)).toContain(jtiOf(token));
  });

  it('R-DP4: outlive the session that paired them', async () => {
    const who = await app.register();
    const token = await paired(who);
    await app.ask(Logout, {}, { actor: actorOf(who) });
    expect((await revoked()).map((r) => r.id)).not.toContain(jtiOf(token));
  });
});

describe('installations', () => {
  const installed = async (who: IssuedTokens, installation?: { name: string; platform?: string }) => {
    const device = await app.ask(StartDevice, { installation }, { origin: place() });
    const decision = { user_code: device.user_code, approve: true };
    await app.ask(DecideDevice, decision, { actor: actorOf(who), origin: place() });
    const session = issuedOf(await app.ask(PollDevice, { device_code: device.device_code }));
    const sql = 'SELECT device_id FROM auth_sessions WHERE id = $1';
    const [row] = await app.database.query<{ device_id: string }>(sql, [session.session_id]);
    return { session, id: row!.device_id };
  };
  const ask = (who: IssuedTokens, ids: string[]) => ({ user_id: who.tokens.user.id, installation_ids: ids });

  it('A-installations: licensing reads what was approved; a copy without a name goes by its application’s', async () => {
    const who = await app.register();
    const { id } = await installed(who, { name: 'Laptop', platform: 'macos' });
    expect(await app.ask(ReadInstallation, { installation_id: id }, { from: 'licensing' })).toEqual({
      ...{ user_id: who.tokens.user.id, client_id: 'branchpy-cli', approved_at: expect.any(String) },
      ...{ name: 'Laptop', platform: 'macos', app_version: null },
    });
    const { id: nameless } = await installed(who);
    expect(await app.ask(ReadInstallation, { installation_id: nameless }, { from: 'licensing' })).toMatchObject({
      name: 'BranchPy',
    });
    expect(await outcome(app.ask(ReadInstallation, { installation_id: randomUUID() }, { from: 'licensing' }))).toBe(
      'not_found',
    );
  });

  it('A-installations: a refresh is a sighting', async () => {
    const who = await app.register();
    const { id, session } = await installed(who);
    const seen = async () =>
      (await app.ask(ReadSightings, ask(who, [id]), { from: 'licensing' })).sightings[0]!.last_seen_at;
    const earlier = `UPDATE auth_sessions SET last_used_at = last_used_at - interval '1 hour' WHERE id = $1`;
    await app.database.query(earlier, [session.session_id]);
    const before = await seen();
    await app.refresh(session.tokens.refresh_token);
    expect(Date.parse(await seen())).toBeGreaterThan(Date.parse(before));
  });

  it('A-installations: the session of a removed one ends, and no other; twice is no failure', async () => {
    const who = await app.register();
    const [one, two] = [await installed(who), await installed(who)];
    const end = (of: IssuedTokens, ids: string[]) => app.ask(EndInstallations, ask(of, ids), { from: 'licensing' });
    expect(await end(await app.register(), [one.id])).toEqual({ session_ids: [] });
    expect(await end(who, [one.id])).toEqual({ session_ids: [one.session.session_id] });
    expect(await end(who, [one.id])).toEqual({ session_ids: [] });
    expect(await outcome(app.refresh(one.session.tokens.refresh_token))).toBe('refresh_token_invalid');
    expect(await outcome(app.refresh(two.session.tokens.refresh_token))).toBe('ok');
    expect((await revoked()).map((r) => r.id)).toContain(one.session.session_id);
  });
});
