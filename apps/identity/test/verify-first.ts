import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { testDir } from '../../../test/support/run.js';
import { CLIENTS_FILE } from './identity-app.js';

/** A client whose people prove their address before they have an account. */
export const VERIFY_FIRST = 'verify-first';

/** The clients of the studio and that one, as a file. */
export function clientsWithVerifyFirst(): string {
  const file = parse(readFileSync(CLIENTS_FILE, 'utf8')) as { default: string; clients: { client_id: string }[] };
  const model = file.clients.find((client) => client.client_id === file.default);
  const client = { ...model, client_id: VERIFY_FIRST, name: 'Careful', registration: 'verify_first' };
  const path = join(testDir('clients'), 'clients.yaml');
  writeFileSync(path, stringify({ ...file, clients: [...file.clients, client] }));
  return path;
}
