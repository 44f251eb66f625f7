export * from './run.js';
export * from './stack.js';
export * from './start-stack.js';
export * from './test-broker.js';
export * from './test-database.js';
export * from './eventually.js';
