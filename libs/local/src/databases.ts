import pg from 'pg';

export interface DatabaseOwner {
  /** Name of the database and of the role that owns it. */
  name: string;
  password: string;
}

const identifier = (name: string): string => {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new Error(`${name} is no name for a database`);
  return `"${name}"`;
};
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Makes roles and their databases where they are missing. Each role owns its database, and nobody else may connect.
 * @param url address of the server for its superuser
 */
export async function ensureDatabases(url: string, owners: readonly DatabaseOwner[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const owner of owners) await ensureDatabase(client, owner);
  } finally {
    await client.end();
  }
}

async function ensureDatabase(client: pg.Client, { name, password }: DatabaseOwner): Promise<void> {
  const id = identifier(name);
  const { rows: roles } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const verb = roles.length ? 'ALTER' : 'CREATE';
  await client.query(`${verb} ROLE ${id} LOGIN PASSWORD ${literal(password)}`);
  const { rows: databases } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (databases.length) return;
  await client.query(`CREATE DATABASE ${id} OWNER ${id}`);
  await client.query(`REVOKE CONNECT ON DATABASE ${id} FROM PUBLIC`);
}

/** Removes a database and its role; sessions on it are ended. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${identifier(name)}`);
  } finally {
    await client.end();
  }
}
