import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { BootModule } from './boot.module.js';
import { AppConfig } from './config/app.config.js';
import { Health } from './health/health.js';
import { Log } from './log/log.js';
import { Shutdown } from './shutdown/shutdown.js';

class ShopConfig extends AppConfig {}

describe('BootModule', () => {
  const config = Object.assign(new ShopConfig(), { logLevel: 'silent' as const });

  it('is one for the app, whoever imports it', async () => {
    @Module({ imports: [BootModule.forApp('shop', config)] })
    class ShopModule {
      constructor(
        readonly health: Health,
        readonly shutdown: Shutdown,
      ) {}
    }
    const module = await Test.createTestingModule({
      imports: [BootModule.forApp('shop', config), ShopModule],
    }).compile();
    const { health, shutdown } = module.get(ShopModule);
    expect(module.get(Health)).toBe(health);
    await shutdown.run('test');
    expect((await health.ready()).status).toBe('stopping');
  });

  it('gives the config by its own class and as AppConfig, and the log that a test hands in', async () => {
    const log = Log.create({ app: 'shop', level: 'silent' });
    const module = await Test.createTestingModule({ imports: [BootModule.forApp('shop', config, log)] }).compile();
    expect(module.get(ShopConfig)).toBe(config);
    expect(module.get(AppConfig)).toBe(config);
    expect(module.get(Log)).toBe(log);
  });
});
