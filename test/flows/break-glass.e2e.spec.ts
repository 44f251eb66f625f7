import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { migrations } from '../../apps/secrets/src/migrations/index.js';
import { stack, testDatabase, testDir, testRun } from '../support/index.js';

const CLI = path.resolve(__dirname, '../../dist/apps/cli/src/main.js');
const run = promisify(execFile);

describe('an operator at the command line', () => {
  const dir = testDir('operator');
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  const gatehouse = async (args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const shared = path.join(testRun().dir, 'shared');
    const { stdout } = await run(process.execPath, [CLI, ...args], {
      cwd: dir,
      env: { ...process.env, INIT_CWD: dir, GATEHOUSE_DIR: shared, ...env },
    });
    return stdout.trim();
  };

  it('D-cli SEC10: verifies the audit log of the secrets', async () => {
    await stack();
    const report = JSON.parse(await gatehouse(['audit', 'verify', '--json'])) as {
      entries: number;
      broken_at: unknown;
    };
    expect(report.broken_at).toBeNull();
    expect(report.entries).toBeGreaterThan(0);
    expect(await gatehouse(['audit', 'verify'])).toMatch(/^Whole: \d+ entries in \d+ chains\.$/);
  }, 180_000);

  it('D-cli D-kms: takes all secrets out for a recovery key and puts them back elsewhere', async () => {
    const { nats } = await stack();
    const publicKey = await gatehouse(['secrets', 'recovery-key', 'recovery']);
    expect(fs.statSync(path.join(dir, 'recovery')).mode & 0o777).toBe(0o600);
    const out = JSON.parse(await gatehouse(['secrets', 'export', 'all.sealed', '--to', publicKey, '--json'])) as {
      sha256: string;
    };
    expect(out).toHaveProperty('signing_keys');
    const database = await testDatabase('secrets', migrations);
    try {
      const kek = path.join(dir, 'kek');
      fs.writeFileSync(kek, randomBytes(32), { mode: 0o600 });
      const env = {
        DATABASE_URL: database.url,
        KEK_FILE: kek,
        NATS_URL: nats.url,
        NATS_SEED_FILE: nats.users.secrets,
        INTERNAL_PORT: '0',
        PUBLIC_URL: 'https://id.example',
        LICENSE_ISSUER: 'none',
        LICENSE_PRODUCT: 'none',
      };
      const opener = ['--key-file', 'recovery', '--sha256', out.sha256];
      const back = await gatehouse(['secrets', 'import', 'all.sealed', ...opener, '--json'], env);
      expect(JSON.parse(back)).toEqual(out);
      await expect(gatehouse(['secrets', 'import', 'all.sealed'], env)).rejects.toThrow(/nothing to seal or open it/);
    } finally {
      await database.drop();
    }
  }, 180_000);
});
