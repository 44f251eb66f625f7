import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { RefreshSession } from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { CLIENTS_FILE, IdentityApp, outcome } from '../../test/identity-app.js';

/** The built app as a process, which can be killed. */
class Process {
  private constructor(private readonly child: ChildProcess) {}

  static start(app: IdentityApp): Process {
    const env = {
      PATH: process.env.PATH,
      LOG_LEVEL: 'silent',
      NATS_URL: app.broker.url,
      NATS_SEED_FILE: app.broker.seedFile('identity'),
      DATABASE_URL: app.database.url,
      INTERNAL_PORT: '0',
      PUBLIC_URL: 'https://accounts.example.test',
      CLIENTS_FILE,
    };
    return new Process(spawn(process.execPath, [resolve('dist/apps/identity/src/main.js')], { env, stdio: 'inherit' }));
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

let app: IdentityApp;
let identity: Process | undefined;
beforeAll(async () => {
  app = await IdentityApp.neighbourhood();
});
afterAll(async () => {
  await identity?.kill();
  await app?.stop();
});

it('R-RF5 H9: kill -9 between commit and answer loses nothing: the same question gets the one successor', async () => {
  identity = Process.start(app);
  const first = await eventually('identity to answer', 45_000, () => app.register().catch(() => undefined));
  const token = first.tokens.refresh_token!;
  const generation = async () =>
    (await app.database.query('SELECT generation FROM auth_sessions WHERE id = $1', [first.session_id]))[0]!.generation;

  const killed = new Promise<void>((resolve, reject) => {
    app.secrets.beforeAnswer = async () => {
      app.secrets.beforeAnswer = async () => {};
      // The signature is asked for after the statement: it is committed, and nobody has the successor yet.
      await identity!.kill().then(resolve, reject);
    };
  });
  const lost = outcome(app.ask(RefreshSession, { refresh_token: token }, { timeoutMs: 10_000 }));
  await killed;
  expect(await generation()).toBe(1);

  identity = Process.start(app);
  const second = await eventually('identity to answer again', 45_000, async () => {
    // The start takes as long as it takes, and is not to count as time of grace.
    await app.database.query('UPDATE auth_sessions SET rotated_at = now() WHERE id = $1', [first.session_id]);
    return app.refresh(token).catch(() => undefined);
  });
  expect(await generation()).toBe(1);
  expect((await app.refresh(token)).tokens.refresh_token).toBe(second.tokens.refresh_token);
  await expect(outcome(app.refresh(second.tokens.refresh_token))).resolves.toBe('ok');
  expect(await generation()).toBe(2);
  expect(await lost).toBe('unavailable');
}, 120_000);
