import {
  ClientChanged,
  ListClientPolicies,
  ListPolicyVersions,
  ReadClientPolicy,
  UpdateClientPolicy,
  type UserActor,
} from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { actorOf, IdentityApp, newcomer, outcome, parallel } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';
import { Clients } from './clients.service.js';

const ADMIN = { adminUsername: 'warden', adminPassword: 'seventeen owls at dusk' };
let app: IdentityApp;
let actor: UserActor;
beforeAll(async () => {
  app = await IdentityApp.start(ADMIN);
  actor = actorOf(await app.login('warden', ADMIN.adminPassword));
});
afterAll(() => app?.stop());

const read = (client_id: string) => app.ask(ReadClientPolicy, { client_id }, { actor });
const update = (client_id: string, changes: Record<string, unknown>) =>
  app.ask(UpdateClientPolicy, { client_id, changes }, { actor });

describe('policies that staff changes', () => {
  it('B-contracts: a change is a new version; new tokens follow it, on every replica', async () => {
    const other = await app.replica();
    const before = await read('branchpy-cli');
    const after = await update('branchpy-cli', { access_ttl: '20m' });
    expect(after).toEqual({ ...before, version: before.version + 1, access_ttl: 1_200 });
    await eventually('the other replica to follow', 30_000, async () =>
      other.get(Clients, { strict: false }).policyOf('branchpy-cli').version === after.version ? true : undefined,
    );
    await app.get(Clients).reload();
    const issued = await app.register(newcomer());
    const claims = claimsOf(issued.tokens.access_token) as { iat: number; exp: number };
    expect(claims.exp - claims.iat).toBe(1_200);
    expect((await app.events(ClientChanged, 'branchpy-cli')).at(-1)).toEqual({
      ...{ client_id: 'branchpy-cli', version: after.version },
    });
  });

  it('B-contracts: what was in force stays to be read, with who changed it', async () => {
    const first = await read('web');
    await update('web', { name: 'Pages' });
    const versions = await eventually('the audit log to know', 30_000, async () => {
      const list = (await app.ask(ListPolicyVersions, { client_id: 'web' }, { actor })).versions;
      return list[0]!.changed_by ? list : undefined;
    });
    expect(versions.map((v) => [v.policy.name, v.changed_by])).toEqual([
      ['Pages', actor.user_id],
      [first.name, null],
    ]);
    expect(versions[1]!.policy).toEqual(first);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ access_ttl: '2h' }, 'access_ttl'],
    [{ grants: ['implicit'] }, 'policy'],
    [{ delivery: 'cookie' }, 'delivery'],
    [{ colour: 'red' }, 'colour'],
    [{ access_ttl: 'soon' }, 'access_ttl'],
    [{ origins: ['https://*/'] }, 'policy'],
    [{ redirects: ['javascript:alert(1)'] }, 'policy'],
    [{ confidential: true }, 'confidential'],
  ])('B-contracts: %j is refused as in the file, and nothing changes', async (changes, field) => {
    const before = await read('branchpy-cli');
    const refusal = await update('branchpy-cli', changes).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'validation_failed' });
    expect((refusal as { extras: { errors: { field: string }[] } }).extras.errors.map((e) => e.field)).toContain(field);
    expect(await read('branchpy-cli')).toEqual(before);
  });

  it('B-contracts: a change that builds on an older version is refused; of 20 at once on one version one counts', async () => {
    const { version } = await read('player-client');
    const all = await parallel(20, (i) => outcome(update('player-client', { version, name: `Player ${i}` })));
    expect(all.sort()).toEqual(['ok', ...Array.from({ length: 19 }, () => 'policy_changed')]);
    expect((await read('player-client')).version).toBe(version + 1);
    await expect(outcome(update('player-client', { version, name: 'Late' }))).resolves.toBe('policy_changed');
  });

  it('R-AD5: a client that there is not is not found', async () => {
    await expect(outcome(read('nobody'))).resolves.toBe('not_found');
    await expect(outcome(update('nobody', { name: 'X' }))).resolves.toBe('not_found');
    const { clients } = await app.ask(ListClientPolicies, {}, { actor });
    expect(clients.map((c) => c.client_id)).toContain('web');
    expect(JSON.stringify(clients)).not.toContain('secret_hash');
  });
});
