import os from 'node:os';

// Everything is transformed to CommonJS: jest's ESM mode does not survive the real app on Node 20.
const ts = {
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};
const js = {
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', parser: { syntax: 'ecmascript', dynamicImport: true } },
};
/** Much of what a test does is to wait, so that two files at once are no slower on two cores, and one worker is too few. */
const maxWorkers = Math.max(2, os.availableParallelism() - 1);
/** Packages that ship only ES modules and so have to be transformed; the rest is loaded as it is. */
export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  moduleFileExtensions: ['js', 'ts', 'mjs', 'cjs', 'json'],
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...ts, swcrc: false }],
    '^.+\\.m?js$': ['@swc/jest', { ...js, swcrc: false }],
  },
  transformIgnorePatterns: [],
  moduleNameMapper: { '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.gatehouse'],
  cacheDirectory: '<rootDir>/.cache/jest',
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  maxWorkers,
  // What a module keeps for ever adds up over two hundred files.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
