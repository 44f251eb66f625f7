import { ClientChanged, ListClientPolicies, ListClients } from '#contracts';
import { Outbox } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { IdentityApp } from '../../test/identity-app.js';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { Clients } from './clients.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());
afterEach(() => jest.restoreAllMocks());

/** Another replica changes a policy. @returns its new version */
async function change(): Promise<number> {
  const sql = `UPDATE client_policies SET version = version + 1 WHERE client_id = 'web' RETURNING version`;
  return Number((await app.database.query<{ version: number }>(sql))[0]!.version);
}
const known = (): number => app.get(Clients).policyOf('web').version;

describe('a policy that was changed by another replica', () => {
  it.each([ListClients, ListClientPolicies])(
    'B-contracts: is told to who asks, also before this replica has heard of it ($name)',
    async (command) => {
      const version = await change();
      const { clients } = await app.ask(command, {});
      expect(clients.find((c) => c.client_id === 'web')!.version).toBe(version);
    },
  );

  it('B-contracts: is read again until the database answers', async () => {
    const version = await change();
    const stored = app.get(ClientPoliciesRepository);
    const all = stored.all.bind(stored);
    let tries = 0;
    jest.spyOn(stored, 'all').mockImplementation(() => (tries++ < 2 ? Promise.reject(new Error('away')) : all()));
    await app.get(Outbox).append(ClientChanged, { client_id: 'web', version }, { key: 'web' });
    await eventually('the change to be known', 30_000, async () => (known() === version ? true : undefined));
  });

  it('B-contracts: is not forgotten over a reading that began before it and ends after it', async () => {
    const stored = app.get(ClientPoliciesRepository);
    const all = stored.all.bind(stored);
    let end: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (end = resolve));
    jest.spyOn(stored, 'all').mockImplementationOnce(async () => {
      const before = await all();
      await slow;
      return before;
    });
    const first = app.get(Clients).reload();
    const version = await change();
    await app.get(Clients).reload();
    end();
    await first;
    expect(known()).toBe(version);
  });
});
