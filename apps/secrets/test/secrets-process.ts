import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { ISSUER, PRODUCT, type SecretsWorld } from './secrets-replica.js';

const MAIN = path.resolve(__dirname, '../../../dist/apps/secrets/src/main.js');

/** The service as a process of its own, which can be killed. */
export class SecretsProcess {
  private constructor(private readonly child: ChildProcess) {}

  static start(world: SecretsWorld, env: NodeJS.ProcessEnv): SecretsProcess {
    const child = spawn(process.execPath, [MAIN], {
      stdio: 'ignore',
      env: {
        GATEHOUSE_PROFILE: 'production',
        LOG_LEVEL: 'silent',
        NATS_URL: world.broker.url,
        NATS_SEED_FILE: world.broker.seedFile('secrets'),
        INTERNAL_PORT: '0',
        DATABASE_URL: world.database.url,
        DATABASE_POOL_SIZE: '4',
        LICENSE_ISSUER: ISSUER,
        LICENSE_PRODUCT: PRODUCT,
        PUBLIC_URL: ISSUER,
        ...env,
      },
    });
    return new SecretsProcess(child);
  }

  /** With no time to finish anything. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}
