import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientChanged, ListClients } from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { testDir } from '../../../../test/support/index.js';
import { CLIENTS_FILE, IdentityApp } from '../../test/identity-app.js';
import { Clients } from './clients.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

/** The policy by which the first replica goes. */
const web = () => app.get(Clients).policyOf('web');
/** The shipped file with another version and lifetime for the client `web`. */
function fileWith(version: number, ttl: string): string {
  const [head, tail] = readFileSync(CLIENTS_FILE, 'utf8').split('client_id: web');
  const own = tail!.replace('version: 1', `version: ${version}`).replace('access_ttl: 15m', `access_ttl: ${ttl}`);
  const path = join(testDir('clients'), 'clients.yaml');
  writeFileSync(path, `${head}client_id: web${own}`);
  return path;
}

describe('client policies', () => {
  it('B-contracts: are stored at the first start and told, once', async () => {
    const { default_client_id, clients } = await app.ask(ListClients, {});
    expect(default_client_id).toBe('branchpy-cli');
    expect(clients).toHaveLength(8);
    await app.replica();
    expect(await app.events(ClientChanged, 'web')).toEqual([{ client_id: 'web', version: 1 }]);
  });

  it('B-contracts: the same version with other values changes nothing, a higher one is stored and told', async () => {
    await app.replica({ clientsFile: fileWith(1, '20m') });
    expect(web().access_ttl).toBe(900);
    await app.replica({ clientsFile: fileWith(2, '20m') });
    const heard = await eventually('the running replica to hear of it', 30_000, async () =>
      web().version === 2 ? web() : undefined,
    );
    expect(heard.access_ttl).toBe(1_200);
    expect(await app.events(ClientChanged, 'web')).toHaveLength(2);
  });

  it('B-contracts: an admin’s newer version is kept', async () => {
    await app.database.query(`UPDATE client_policies SET version = 9, access_ttl = 333 WHERE client_id = 'web'`);
    await app.replica({ clientsFile: fileWith(3, '20m') });
    await app.get(Clients).reload();
    expect(web()).toMatchObject({ version: 9, access_ttl: 333 });
  });

  it('E-cors: origins of local frontends count in the development profile only', async () => {
    const origins = (clients: Clients) => clients.list().clients.flatMap((c) => c.origins);
    expect(origins(app.get(Clients)).filter((o) => o.includes('localhost'))).toEqual([]);
    const development = await app.replica({ profile: 'development' });
    expect(origins(development.get(Clients, { strict: false }))).toContain('http://localhost:5173');
  });
});
