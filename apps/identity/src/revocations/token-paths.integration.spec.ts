import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  allCommands,
  ClaimPairing,
  CloseUser,
  fieldsOf,
  StartPairing,
  SuspendUser,
  type Type,
  type UserActor,
} from '#contracts';
import { actorOf, IdentityApp, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Clients } from '../clients/clients.service.js';
import { GRANTS, type Grant } from '../clients/clients-file.rules.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';

const SOURCE = join(__dirname, '..');
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), 'utf8') }));
/** Files of identity whose code has this. */
const having = (code: string): string[] =>
  sources
    .filter(({ text }) => text.includes(code))
    .map(({ file }) => file)
    .sort();

describe('ways to tokens', () => {
  it('R-MF7 H5: one place opens sessions and has their tokens signed; refreshing is the one other signature', () => {
    expect(having('.signAccess(')).toEqual(['sessions/refresh.service.ts', 'sessions/session-tokens.service.ts']);
    expect(having('SessionTokens')).toEqual([
      'sessions/session-tokens.service.ts',
      'sessions/sessions.module.ts',
      'sessions/token-issuer.service.ts',
    ]);
    expect(having('INSERT INTO auth_sessions')).toEqual(['sessions/sessions.repository.ts']);
    expect(having('this.sessions.openInName(')).toEqual(['sessions/session-opening.service.ts']);
    expect(having('SessionOpening')).toEqual([
      'sessions/session-opening.service.ts',
      'sessions/sessions.module.ts',
      'sessions/token-issuer.service.ts',
    ]);
    expect(having('send(SignToken')).toEqual(['keys/token-signer.service.ts']);
  });

  it('R-MF7 R-AD3: nothing but the choice of staff leaves the question for a second factor out', () => {
    expect(having('impersonator_id }')).toEqual(['admin/impersonation.service.ts']);
    expect(having('.issueTokens(')).toEqual(expect.arrayContaining(['admin/impersonation.service.ts']));
  });

  /** Where each command comes to the tokens that it answers. Whoever adds one adds it here, with its way. */
  const WAYS: Record<string, string> = {
    'identity.authorization.exchange': 'authorization/code-exchange.service.ts',
    'identity.device.poll': 'device-flow/device-redemption.service.ts',
    'identity.extension.login': 'identities/identity-entry.service.ts',
    'identity.pairing.claim': 'pairing/paired-devices.service.ts',
    'identity.passkey.finish_second_factor': 'mfa/pending-sign-ins.service.ts',
    'identity.passkey.finish_sign_in': 'passkeys/passkey-sign-in.service.ts',
    'identity.provider.finish': 'identities/identity-entry.service.ts',
    'identity.session.login': 'sessions/sign-in.service.ts',
    'identity.session.login_mfa': 'mfa/pending-sign-ins.service.ts',
    'identity.session.reauthenticate': 'mfa/reauthentication.service.ts',
    'identity.session.refresh': 'sessions/refresh.service.ts',
    'identity.user.impersonate': 'admin/impersonation.service.ts',
    'identity.user.register': 'users/registration.service.ts',
    'identity.wallet.login': 'identities/identity-entry.service.ts',
  };

  it('H5: every command that answers an access token goes one of these ways, and there is no other', () => {
    const answering = allCommands().filter((c) => c.service === 'identity' && holds(c.response, 'access_token'));
    const people = answering.filter((c) => c.name !== 'identity.service_token.issue');
    expect(people.map((c) => c.name).sort()).toEqual(Object.keys(WAYS).sort());
    const makers = [...having('.issueTokens('), ...having('.signDevice('), 'sessions/refresh.service.ts'];
    expect([...new Set(Object.values(WAYS))].sort()).toEqual([...new Set(makers)].sort());
  });
});

describe('a closed account', () => {
  const ADMIN = { adminUsername: 'warden', adminPassword: 'seventeen owls at dusk' };
  let app: IdentityApp;
  let admin: UserActor;
  beforeAll(async () => {
    app = await IdentityApp.start(ADMIN);
    admin = actorOf(await app.login('warden', ADMIN.adminPassword));
  });
  afterAll(() => app?.stop());

  const issue = (user: { id: string; roles: string[] }, grant: Grant) => {
    const policy = { ...app.get(Clients).policyOf('branchpy-cli'), grants: [grant] };
    const proofs = { policy, grant, amr: ['pwd', 'mfa'], origin: {} };
    return outcome(app.get(TokenIssuer).issueTokens({ ...proofs, user: { ...user, entitlement_version: 0 } }));
  };
  const sessionsOf = async (id: string) =>
    (await app.database.query('SELECT 1 FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL', [id])).length;

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['suspended', (user_id) => app.ask(SuspendUser, { user_id }, { actor: admin })],
    ['deleted', (user_id) => app.ask(CloseUser, { user_id }, { actor: admin })],
    ['gone', (user_id) => app.database.query('DELETE FROM website_users WHERE id = $1', [user_id])],
  ])('H5 R-SE5: that is %s gets tokens by no grant, whatever was proven', async (_, close) => {
    const { email } = newcomer();
    const { tokens } = await app.register({ email });
    const user = { id: tokens.user.id, roles: [] };
    await close(user.id);
    for (const grant of [...GRANTS, 'impersonation' as const]) {
      expect([grant, await issue(user, grant)]).toEqual([grant, 'invalid_credentials']);
    }
    expect(await sessionsOf(user.id)).toBe(0);
    await expect(outcome(app.login(email, PASSWORD))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.refresh(tokens.refresh_token))).resolves.toBe('refresh_token_invalid');
  });

  it('H5: a pairing code from before is worth nothing after', async () => {
    const issued = await app.register();
    const { code } = await app.ask(StartPairing, {}, { actor: actorOf(issued) });
    await app.ask(SuspendUser, { user_id: issued.tokens.user.id }, { actor: admin });
    await expect(outcome(app.ask(ClaimPairing, { code, name: 'Box' }))).resolves.toBe('code_invalid');
  });

  it('H4 H5: of 50 ways in that race with a suspension none leaves a session behind', async () => {
    for (let round = 0; round < 5; round++) {
      const { email } = newcomer();
      const { tokens } = await app.register({ email });
      const user = { id: tokens.user.id, roles: [] };
      const suspend = app.ask(SuspendUser, { user_id: user.id }, { actor: admin });
      await Promise.all([suspend, parallel(50, (i) => issue(user, GRANTS[i % GRANTS.length]!))]);
      expect(await sessionsOf(user.id)).toBe(0);
    }
  });

  it('R-SE2: a token that was signed with other roles than the account has by now opens nothing', async () => {
    const { tokens } = await app.register();
    expect(await issue({ id: tokens.user.id, roles: ['admin'] }, 'password')).toBe('invalid_credentials');
  });
});

function holds(type: Type, member: string, seen = new Set<Type>()): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  return fieldsOf(type).some((f) => f.name === member || (f.of !== undefined && holds(f.of(), member, seen)));
}
