import {
  CodeGuessed,
  DecideDevice,
  DeviceApproved,
  DeviceDenied,
  DeviceRefused,
  ListSessions,
  Logout,
  PollDevice,
  ReadDevice,
  Refusal,
  StartDevice,
  type DeviceAuthorization,
  type IssuedTokens,
  type RequestOrigin,
  type StartDeviceRequest,
} from '#contracts';
import { actorOf, IdentityApp, issuedOf, outcome, parallel } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';

let app: IdentityApp;
let approver: IssuedTokens;
beforeAll(async () => {
  app = await IdentityApp.start();
  await app.replica();
  approver = await app.register();
});
afterAll(() => app?.stop());

const INSTALLATION = { name: 'Studio desktop', platform: 'linux', app_version: '1.4.2' };
let devices = 0;
/** Every test asks from an address of its own, so that none spends another's budget. */
const place = (): RequestOrigin => ({ ip: `192.0.2.${(devices += 1) % 250}`, user_agent: 'a device' });

const start = (request: StartDeviceRequest = {}) => app.ask(StartDevice, request, { origin: place() });
const poll = (device: DeviceAuthorization, client_id?: string) =>
  app.ask(PollDevice, { device_code: device.device_code, ...(client_id ? { client_id } : {}) }, { timeoutMs: 20_000 });
const decide = (user_code: string, approve: boolean, who = approver, origin = place()) =>
  app.ask(DecideDevice, { user_code, approve }, { actor: actorOf(who), origin });
const look = (user_code: string, who = approver, origin = place()) =>
  app.ask(ReadDevice, { user_code }, { actor: actorOf(who), origin });
/** As if that many seconds had gone by since the device's last poll. */
const wait = (device: DeviceAuthorization, seconds: number) =>
  app.database.query(
    `UPDATE device_requests SET polled_at = polled_at - make_interval(secs => $2)
     WHERE device_code_hash = sha256($1::text::bytea)`,
    [device.device_code, seconds],
  );
/** Has the last poll be a while to come, so that the next ones are too soon however slow the machine is. */
const HELD = 120;
const hold = (device: DeviceAuthorization) => wait(device, -HELD);
const expire = (device: DeviceAuthorization) =>
  app.database.query(`UPDATE device_requests SET expires_at = now() WHERE device_code_hash = sha256($1::text::bytea)`, [
    device.device_code,
  ]);
const memberOf = async (call: Promise<unknown>, name: string): Promise<unknown> =>
  call.then(
    () => undefined,
    (e: unknown) => (e as Refusal).extras.members?.[name],
  );

describe('a device that begins', () => {
  it('A-device R-DF1: gets its codes, the page to go to and how often to ask', async () => {
    const device = await start({ installation: INSTALLATION });
    expect(device).toMatchObject({
      verification_uri: 'https://accounts.example.test/device',
      verification_uri_complete: `https://accounts.example.test/device?user_code=${device.user_code}`,
      expires_in: 900,
      interval: 5,
    });
    expect(device.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(Buffer.from(device.device_code, 'base64url')).toHaveLength(32);
  });

  it('R-DF4 R-RF7: neither code is in the database', async () => {
    const device = await start({ installation: INSTALLATION });
    const rows = JSON.stringify(await app.database.query('SELECT r::text FROM device_requests r'));
    expect(rows).not.toContain(device.device_code);
    expect(rows).not.toContain(device.user_code.replace('-', ''));
  });

  it('A-device: is refused for a client that may not, and for one that nobody knows', async () => {
    expect(await outcome(start({ client_id: 'tachimint' }))).toBe('grant_not_allowed');
    expect(await outcome(start({ client_id: 'nobody' }))).toBe('unknown_client');
  });
});

describe('polling', () => {
  it('A-device R-DF2: is pending until somebody decides, with the code in both members', async () => {
    const device = await start();
    expect(await memberOf(poll(device), 'error')).toBe('authorization_pending');
    await wait(device, 5);
    expect(await outcome(poll(device))).toBe('authorization_pending');
  });

  it('A-device R-DF2: too soon is slow_down, and the interval grows by five every time, over all replicas', async () => {
    const device = await start();
    await outcome(poll(device));
    await hold(device);
    expect(await memberOf(poll(device), 'interval')).toBe(10);
    await wait(device, 6);
    expect(await memberOf(poll(device), 'interval')).toBe(15);
    await wait(device, HELD + 15);
    expect(await outcome(poll(device))).toBe('authorization_pending');
  });

  it('R-DF2: fifty polls at once are one pending and forty-nine too soon', async () => {
    const device = await start();
    await app.database.query('UPDATE device_requests SET poll_interval = 900 WHERE polled_at IS NULL');
    const outcomes = await parallel(50, () => outcome(poll(device)));
    expect(outcomes.filter((o) => o === 'authorization_pending')).toHaveLength(1);
    expect(outcomes.filter((o) => o === 'slow_down')).toHaveLength(49);
  });

  it('R-DF2: too soon is too soon for an approved device, too', async () => {
    const device = await start();
    await outcome(poll(device));
    await hold(device);
    await decide(device.user_code, true);
    expect(await outcome(poll(device))).toBe('slow_down');
    await wait(device, HELD + 10);
    expect(await outcome(poll(device))).toBe('ok');
  });

  it('A-device: an unknown and an expired code are expired_token', async () => {
    const device = await start();
    expect(await outcome(poll({ ...device, device_code: 'x'.repeat(43) }))).toBe('expired_token');
    await expire(device);
    expect(await outcome(poll(device))).toBe('expired_token');
    expect(await outcome(decide(device.user_code, true))).toBe('user_code_invalid');
  });

  it('R-DF6: an approval that expires before it is fetched gives nothing', async () => {
    const device = await start();
    await decide(device.user_code, true);
    await expire(device);
    expect(await outcome(poll(device))).toBe('expired_token');
  });
});

describe('approval', () => {
  it('A-device A-login: gives access, refresh and license tokens to the device, in its person’s name', async () => {
    const device = await start({ installation: INSTALLATION });
    await decide(device.user_code, true);
    const issued = issuedOf(await poll(device));
    expect(issued.tokens.user.id).toBe(approver.tokens.user.id);
    expect(issued.tokens).toMatchObject({ refresh_token: expect.any(String), license_token: expect.any(String) });
    expect(issued.client_id).toBe('branchpy-cli');
    expect((await app.refresh(issued.tokens.refresh_token)).session_id).toBe(issued.session_id);
  });

  it('R-MF7: what the approver has proven carries over, and the device’s sign-in is no fresher than the approver’s', async () => {
    const device = await start();
    const actor = { ...actorOf(approver), amr: ['pwd', 'otp', 'mfa'], auth_time: Math.floor(Date.now() / 1_000) - 200 };
    await app.ask(DecideDevice, { user_code: device.user_code, approve: true }, { actor, origin: place() });
    const claims = claimsOf(issuedOf(await poll(device)).tokens.access_token);
    expect(claims).toMatchObject({ amr: actor.amr, auth_time: actor.auth_time });
  });

  it('R-MF7: an account with a second factor gives nothing to a device whose approver has not shown it', async () => {
    const who = await app.register();
    const user_id = who.tokens.user.id;
    const approved = async (amr: string[]) => {
      const device = await start();
      const actor = { ...actorOf(who), amr };
      await app.ask(DecideDevice, { user_code: device.user_code, approve: true }, { actor, origin: place() });
      return device;
    };
    const [without, withIt] = [await approved(['pwd']), await approved(['pwd', 'otp', 'mfa'])];
    await app.database.query('UPDATE website_users SET mfa_since = now() WHERE id = $1', [user_id]);
    expect(await outcome(poll(without))).toBe('access_denied');
    expect(await app.events(DeviceRefused, user_id)).toMatchObject([{ reason: 'second_factor' }]);
    expect(await outcome(poll(withIt))).toBe('ok');
  });

  it('A-installations R-DF5: shows the client, the installation, the place and the time, and claims nothing', async () => {
    const origin = { ip: '198.51.100.7', user_agent: 'branchpy/1.4' };
    const device = await app.ask(StartDevice, { installation: INSTALLATION }, { origin });
    const shown = await look(device.user_code.toLowerCase().replace('-', ' '));
    expect(shown).toEqual({
      user_code: device.user_code,
      client: { client_id: 'branchpy-cli', name: 'BranchPy' },
      installation: INSTALLATION,
      place: origin,
      time: expect.stringMatching(/\.\d{3}Z$/),
      expires_at: expect.any(String),
    });
    expect(await outcome(poll(device))).toBe('authorization_pending');
    const other = await app.register();
    expect(await outcome(decide(device.user_code, true, other))).toBe('ok');
  });

  it('A-events: is told once as installation.device_approved, also when the button is pressed twice', async () => {
    const who = await app.register();
    const device = await start();
    await decide(device.user_code, true, who);
    await decide(device.user_code, true, who);
    expect(DeviceApproved.publicName).toBe('installation.device_approved');
    expect(await app.events(DeviceApproved, who.tokens.user.id)).toEqual([
      { user_id: who.tokens.user.id, installation_id: expect.any(String), client_id: 'branchpy-cli' },
    ]);
  });

  it('A-device: a denied device is told so for good', async () => {
    const who = await app.register();
    const device = await start();
    await decide(device.user_code, false, who);
    expect(await memberOf(poll(device), 'error')).toBe('access_denied');
    expect(await outcome(poll(device))).toBe('access_denied');
    expect(await outcome(decide(device.user_code, true, who))).toBe('user_code_invalid');
    expect(await app.events(DeviceDenied, who.tokens.user.id)).toHaveLength(1);
  });

  it('R-DF8: belongs to who approved first; nobody else sees or decides it any more', async () => {
    const [first, second] = [await app.register(), await app.register()];
    const device = await start();
    await decide(device.user_code, true, first);
    expect(await outcome(decide(device.user_code, true, second))).toBe('user_code_invalid');
    expect(await outcome(decide(device.user_code, false, second))).toBe('user_code_invalid');
    expect(await outcome(look(device.user_code, second))).toBe('not_found');
    expect(issuedOf(await poll(device)).tokens.user.id).toBe(first.tokens.user.id);
  });

  it('R-DF8 H3: of fifty people who decide at once one does', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => app.register()));
    const device = await start();
    const outcomes = await parallel(50, (i) => outcome(decide(device.user_code, i % 2 === 0, people[i % 10]!)));
    const winners = outcomes.filter((o) => o === 'ok').length;
    expect(winners).toBeGreaterThanOrEqual(1);
    const told = await Promise.all(
      people.flatMap((p) => [DeviceApproved, DeviceDenied].map((e) => app.events(e, p.tokens.user.id))),
    );
    expect(told.flat()).toHaveLength(1);
  });

  it('R-DF6 H3: fifty polls at once get one set of tokens', async () => {
    const device = await start();
    await decide(device.user_code, true);
    // All of them slow enough: what decides is the redemption, not the interval.
    await app.database.query('UPDATE device_requests SET poll_interval = 0');
    const outcomes = await parallel(50, () => outcome(poll(device)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'expired_token']));
    expect(await outcome(poll(device))).toBe('expired_token');
  });

  it('R-DF6: another client gets nothing, and takes nothing from the one that began', async () => {
    const device = await start();
    await decide(device.user_code, true);
    expect(await outcome(poll(device, 'web'))).toBe('expired_token');
    expect(await outcome(poll(device, 'branchpy-cli'))).toBe('ok');
  });

  it.each([
    ['suspended', 'is_active = false'],
    ['deleted', 'deleted_at = now()'],
  ])('H5 R-DF6: gives nothing when the approver is %s meanwhile', async (_, change) => {
    const who = await app.register();
    const device = await start();
    await decide(device.user_code, true, who);
    await app.database.query(`UPDATE website_users SET ${change} WHERE id = $1`, [who.tokens.user.id]);
    expect(await outcome(poll(device))).toBe('access_denied');
    expect(await app.events(DeviceRefused, who.tokens.user.id)).toMatchObject([{ reason: 'account_closed' }]);
    await app.database.query('UPDATE website_users SET is_active = true, deleted_at = NULL WHERE id = $1', [
      who.tokens.user.id,
    ]);
    expect(await outcome(poll(device))).toBe('access_denied');
  });

  it('R-DP4: gives nothing after its person has signed out everywhere', async () => {
    const who = await app.register();
    const device = await start();
    await decide(device.user_code, true, who);
    await app.ask(Logout, { all: true }, { actor: actorOf(who) });
    expect(await outcome(poll(device))).toBe('access_denied');
  });

  it('R-SE4: needs a session that still lives', async () => {
    const who = await app.register();
    const device = await start();
    await app.ask(Logout, {}, { actor: actorOf(who) });
    expect(await outcome(decide(device.user_code, true, who))).toBe('invalid_token');
    expect(await outcome(look(device.user_code, who))).toBe('invalid_token');
  });

  it('R-DF7: demands a sign-in that is at most five minutes old', () => {
    expect(DecideDevice.freshAuth).toBe(300);
  });
});

describe('guessing user codes', () => {
  const wrong = 'BCDF-GHJK';

  it('R-DF4 R-BF6: a person has five wrong codes in a code’s life, wherever from; then a right one is refused, too', async () => {
    const who = await app.register();
    const device = await start();
    for (let i = 0; i < 5; i += 1) expect(await outcome(look(wrong, who))).toBe('not_found');
    expect(await outcome(look(wrong, who))).toBe('rate_limited');
    expect(await outcome(decide(device.user_code, true, who))).toBe('rate_limited');
    expect(await app.events(CodeGuessed, who.tokens.user.id)).toHaveLength(5);
    expect(await outcome(decide(device.user_code, true))).toBe('ok');
  });

  it('R-DF4: of fifty at once five are looked at', async () => {
    const who = await app.register();
    const outcomes = await parallel(50, () => outcome(decide(wrong, true, who)));
    expect(outcomes.filter((o) => o === 'user_code_invalid')).toHaveLength(5);
    expect(outcomes.filter((o) => o === 'rate_limited')).toHaveLength(45);
  });

  it('R-DF4: an address has five, whoever signs in there; a network of IPv6 is one address', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => app.register()));
    for (const [i, who] of people.entries()) {
      const origin = { ip: `2001:db8:77:1::${i + 1}` };
      expect(await outcome(look(wrong, who, origin))).toBe(i < 5 ? 'not_found' : 'rate_limited');
    }
    expect(await outcome(look(wrong, people[0], { ip: '2001:db8:77:2::1' }))).toBe('not_found');
  });

  it('R-DF4: a code of one’s own gives back what it took and no more', async () => {
    const who = await app.register();
    for (let i = 0; i < 4; i += 1) await outcome(look(wrong, who));
    const own = await start();
    expect(await outcome(look(own.user_code, who))).toBe('ok');
    expect(await outcome(look(own.user_code, who))).toBe('ok');
    expect(await outcome(look(wrong, who))).toBe('not_found');
    expect(await outcome(look(wrong, who))).toBe('rate_limited');
  });

  it('R-DF4: what can be no code costs nothing', async () => {
    const who = await app.register();
    for (let i = 0; i < 10; i += 1) expect(await outcome(look('HELLO', who))).toBe('not_found');
  });

  it('R-DF4 R-BF2: there is a budget for all together, and it outlives a restart', async () => {
    await app.database.query(
      `UPDATE code_guesses SET spent = 500, since = now() WHERE spent = (SELECT max(spent) FROM code_guesses)`,
    );
    await app.replica();
    expect(await parallel(4, async () => outcome(look(wrong, await app.register())))).toEqual(
      Array(4).fill('rate_limited'),
    );
    await app.database.query(`UPDATE code_guesses SET since = now() - interval '901 seconds' WHERE spent = 500`);
    expect(await outcome(look(wrong, await app.register()))).toBe('not_found');
  });
});

it('C-sessions.list: the device is one of its person’s sessions', async () => {
  const who = await app.register();
  const device = await start();
  await decide(device.user_code, true, who);
  const issued = issuedOf(await poll(device));
  const { sessions } = await app.ask(ListSessions, {}, { actor: actorOf(who) });
  expect(sessions.map((s) => s.id)).toContain(issued.session_id);
});
