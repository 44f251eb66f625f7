import { ConfigProblems, readConfig } from '#boot';
import { GatewayConfig } from './gateway.config.js';

const GOOD = {
  NATS_URL: 'nats://127.0.0.1:4222',
  NATS_SEED_FILE: __filename,
  INTERNAL_PORT: '3001',
  PUBLIC_URL: 'https://id.example/',
  REALTIME_URL: 'http://127.0.0.1:3005',
  INTERNAL_CALLERS_FILE: __filename,
  INTERNAL_CALLER_SECRETS_FILE: __filename,
};

it('has the limits of the HTTP contract by default', () => {
  const { limitLogin, limitRegister, limitVerify, limitToken, limitAny, rateLimitFactor } = readConfig(
    GatewayConfig,
    GOOD,
  );
  expect({ limitLogin, limitRegister, limitVerify, limitToken, limitAny, rateLimitFactor }).toEqual({
    limitLogin: 10,
    limitRegister: 5,
    limitVerify: 5,
    limitToken: 60,
    limitAny: 600,
    rateLimitFactor: 1,
  });
});

it('every mistake is told at once', () => {
  const read = () =>
    readConfig(GatewayConfig, { ...GOOD, PUBLIC_URL: 'id.example', REALTIME_URL: '', LIMIT_LOGIN_PER_MINUTE: '0' });
  expect(read).toThrow(ConfigProblems);
  expect(read).toThrow(/PUBLIC_URL[\s\S]*REALTIME_URL[\s\S]*LIMIT_LOGIN_PER_MINUTE/);
});

it('a proxy that is no address and no range is a mistake', () => {
  expect(() => readConfig(GatewayConfig, { ...GOOD, TRUSTED_PROXIES: '10.0.0.0/8,proxy' })).toThrow(
    /TRUSTED_PROXIES.*proxy/s,
  );
});
