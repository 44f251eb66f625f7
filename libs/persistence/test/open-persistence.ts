import { Test, type TestingModule } from '@nestjs/testing';
import { BootModule } from '#boot';
import { testDatabase, type TestDatabase } from '../../../test/support/index.js';
import { PersistenceModule, type PersistenceOptions } from '../src/index.js';

export interface OpenPersistence {
  module: TestingModule;
  database: TestDatabase;
  /** What the module provides for `token`. */
  get: TestingModule['get'];
  close(): Promise<void>;
}

/** The real module on a fresh database. */
export async function openPersistence(options: Partial<PersistenceOptions> = {}): Promise<OpenPersistence> {
  const database = await testDatabase('identity', options.migrations ?? []);
  const module = await moduleOn({ url: database.url, ...options });
  return {
    module,
    database,
    get: module.get.bind(module),
    close: async () => {
      await module.close();
      await database.drop();
    },
  };
}

/** The module on a database that is there already. */
export async function moduleOn(options: Partial<PersistenceOptions> & { url: string }): Promise<TestingModule> {
  const persistence = PersistenceModule.forApp({ app: 'identity', migrations: [], ...options });
  const imports = [BootModule.forApp('identity', { logLevel: 'silent' }), persistence];
  const module = await Test.createTestingModule({ imports }).compile();
  return module.init();
}
