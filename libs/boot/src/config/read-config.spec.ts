import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../start/explain.js';
import { AppConfig } from './app.config.js';
import { ConfigProblems, type ConfigProblem } from './config-problems.js';
import { DataAppConfig } from './data-app.config.js';
import { EnvFile, EnvFlag, EnvInt, EnvList, EnvSecret, EnvText, EnvUrl } from './env-decorators.js';
import { envOf } from './env.js';
import { readConfig } from './read-config.js';

class ShopConfig extends DataAppConfig {
  @EnvUrl('SHOP_URL') shopUrl!: string;
  @EnvSecret('SHOP_SECRET', { min: 16 }) secret!: string;
  @EnvList('SHOP_SECRETS', { min: 1, secret: true }) secrets!: readonly string[];
  @EnvFlag('SHOP_CONFIRM', { default: true }) confirm!: boolean;
  @EnvText('SHOP_NAME', { optional: true }) name?: string;
}

function problemsOf(run: () => unknown): ConfigProblem[] {
  try {
    run();
  } catch (e) {
    if (e instanceof ConfigProblems) return [...e.problems];
    throw e;
  }
  throw new Error('there was no problem');
}

describe('readConfig', () => {
  let dir: string;
  let good: Record<string, string>;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'config-'));
    writeFileSync(join(dir, 'seed'), 'x', { mode: 0o600 });
    good = {
      NATS_URL: 'nats://127.0.0.1:4222',
      NATS_SEED_FILE: join(dir, 'seed'),
      INTERNAL_PORT: '3001',
      DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/shop',
      SHOP_URL: 'https://shop.example/',
      SHOP_SECRET: '0123456789abcdef',
      SHOP_SECRETS: 'current, previous',
    };
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('reads inherited and own variables, with defaults, frozen', () => {
    const config = readConfig(ShopConfig, good);
    expect(config).toMatchObject({
      profile: 'production',
      logLevel: 'info',
      internalHost: '127.0.0.1',
      internalPort: 3001,
      databasePoolSize: 10,
      shopUrl: 'https://shop.example',
      secrets: ['current', 'previous'],
      confirm: true,
      name: undefined,
    });
    expect(() => Object.assign(config, { internalPort: 1 })).toThrow(TypeError);
    expect(() => (config.secrets as string[]).push('x')).toThrow(TypeError);
  });

  it('OPS23: tells all problems at once, each with its variable, what is wrong and what to do', () => {
    const bad = {
      ...good,
      NATS_URL: 'http://x',
      INTERNAL_PORT: '99999',
      DATABASE_URL: '',
      SHOP_CONFIRM: 'yes',
      LOG_LEVEL: 'loud',
    };
    const problems = problemsOf(() => readConfig(ShopConfig, bad));
    expect(problems.map((p) => p.name).sort()).toEqual(
      ['DATABASE_URL', 'INTERNAL_PORT', 'LOG_LEVEL', 'NATS_URL', 'SHOP_CONFIRM'].sort(),
    );
    for (const problem of problems) expect(problem.fix).toMatch(/^Set it to .*\.$/);
    expect(problems.find((p) => p.name === 'INTERNAL_PORT')?.wrong).toBe('is not from 0 to 65535 (“99999”)');
  });

  it('OPS23: prints no secret and no stack', () => {
    const bad = { ...good, DATABASE_URL: 'mysql://u:canary@h/x', SHOP_SECRET: 'canary', SHOP_SECRETS: ' , ' };
    const told = explain(new ConfigProblems(problemsOf(() => readConfig(ShopConfig, bad))));
    expect(told).toMatch(/DATABASE_URL is .*\n.*SHOP_SECRET is .*\n.*SHOP_SECRETS is /);
    expect(told).not.toMatch(/canary|\n\s+at /);
  });

  it('SEC15: refuses key material that others can read, files that are none and files that are not there', () => {
    class KeyConfig {
      @EnvFile('KEY_FILE', { private: true }) file!: string;
    }
    const file = join(dir, 'kek');
    writeFileSync(file, 'k');
    chmodSync(file, 0o644);
    expect(problemsOf(() => readConfig(KeyConfig, { KEY_FILE: file }))[0]!.wrong).toContain('others can read');
    chmodSync(file, 0o600);
    expect(readConfig(KeyConfig, { KEY_FILE: file }).file).toBe(file);
    expect(problemsOf(() => readConfig(KeyConfig, { KEY_FILE: dir }))[0]!.wrong).toContain('not the path of a file');
    expect(problemsOf(() => readConfig(KeyConfig, { KEY_FILE: `${file}x` }))[0]!.wrong).toContain('does not exist');
  });

  it('checks value against value once each is good', () => {
    class RangeConfig {
      @EnvInt('LOW') low!: number;
      @EnvInt('HIGH') high!: number;

      verify(): ConfigProblem[] {
        return this.low > this.high ? [{ name: 'LOW', wrong: 'is above HIGH', fix: 'Swap them.' }] : [];
      }
    }
    expect(problemsOf(() => readConfig(RangeConfig, { LOW: '2', HIGH: '1' }))).toHaveLength(1);
    expect(problemsOf(() => readConfig(RangeConfig, { LOW: 'x', HIGH: '1' }))[0]!.wrong).toContain('whole number');
  });

  it('lists the variables of a class for the reference', () => {
    expect(envOf(AppConfig).map((e) => e.name)).toContain('NATS_SEED_FILE');
    expect(envOf(DataAppConfig).find((e) => e.name === 'DATABASE_URL')).toMatchObject({
      secret: true,
      optional: false,
    });
  });
});
