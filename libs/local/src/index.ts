/** Postgres, nats-server and child processes on this machine: for `gatehouse start`, tests and benchmarks. */
export * from './databases.js';
export { fetchDebianPackage } from './debian-package.js';
export * from './dev-info.js';
export * from './local-problem.js';
export * from './nats-fetch.js';
export * from './nats-find.js';
export * from './nats-server.js';
export * from './nkeys.js';
export * from './ports.js';
export * from './postgres.js';
export { postgresPackage } from './postgres-binaries.js';
export * from './processes.js';
export * from './supervisor.js';
