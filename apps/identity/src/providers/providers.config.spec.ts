import { readConfig } from '#boot';
import { ProvidersConfig } from './providers.config.js';

const GOOD = {
  NATS_URL: 'nats://127.0.0.1:4222',
  NATS_SEED_FILE: __filename,
  INTERNAL_PORT: '3001',
  DATABASE_URL: 'postgres://identity@127.0.0.1/identity',
};

it('E-oauth: stand-ins of providers and of frontends are refused in production, each by its name', () => {
  const standIns = {
    GITHUB_URL: 'http://127.0.0.1:4010/github',
    FRONTEND_STAND_IN_URL: 'https://127.0.0.1:4010/arrival',
  };
  const read = (more: object) => () => readConfig(ProvidersConfig, { ...GOOD, ...standIns, ...more });
  expect(read({})).toThrow(/GITHUB_URL[\s\S]*FRONTEND_STAND_IN_URL/);
  expect(read({ GATEHOUSE_PROFILE: 'development' })().frontendStandInUrl).toBe(standIns.FRONTEND_STAND_IN_URL);
  expect(readConfig(ProvidersConfig, GOOD).frontendStandInUrl).toBeUndefined();
});
