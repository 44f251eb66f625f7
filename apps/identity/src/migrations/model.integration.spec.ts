import { testDatabase } from '../../../../test/support/index.js';
import { migrations } from './index.js';

type Database = Awaited<ReturnType<typeof testDatabase>>;

const COLUMNS: Record<string, string[]> = {
  website_users: ['id', 'email', 'username', 'password_hash', 'roles', 'is_active', 'last_login_at', 'deleted_at'],
  admin_credentials: ['user_id', 'username', 'password_hash'],
  oauth_accounts: ['id', 'user_id', 'provider', 'subject'],
  users: ['id', 'email', 'password_hash', 'website_user_id'],
  auth_sessions: ['id', 'user_id', 'client_id', 'device_id', 'generation', 'expires_at', 'revoked_at'],
};

describe('the model of accounts', () => {
  let db: Database;
  beforeAll(async () => {
    db = await testDatabase('identity', migrations);
  });
  afterAll(() => db.drop());

  it.each(Object.keys(COLUMNS))('E-model: table %s has the columns that were promised', async (table) => {
    const rows = await db.query<{ column_name: string }>(
      'SELECT column_name FROM information_schema.columns WHERE table_name = $1',
      [table],
    );
    expect(rows.map((r) => r.column_name)).toEqual(expect.arrayContaining(COLUMNS[table]!));
  });

  it('E-model A-identity.canonical: addresses are unique without regard to case, by the index that was promised', async () => {
    const rows = await db.query<{ indexdef: string }>('SELECT indexdef FROM pg_indexes WHERE indexname = $1', [
      'idx_website_users_email_lower',
    ]);
    expect(rows[0]?.indexdef).toMatch(/^CREATE UNIQUE INDEX .* \(lower\(email\)\)$/);
  });

  it('E-model A-sessions: no column of a session could hold a token', async () => {
    const rows = await db.query<{ column_name: string; data_type: string }>(
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'auth_sessions' AND column_name ~ 'token|hash'",
    );
    expect(rows).toEqual([{ column_name: expect.stringContaining('hash'), data_type: 'bytea' }]);
  });
});
