import { AppConfig, EnvFile, EnvFlag, EnvInt, EnvList, EnvText, EnvUrl, type ConfigProblem } from '#boot';
import { cidrProblem } from './edge/client-address.rules.js';

/** Configuration of the gateway. Limits are per client address; identity keeps those per account. */
export class GatewayConfig extends AppConfig {
  @EnvText('PUBLIC_HOST', { default: '127.0.0.1', description: 'Where the public listener listens.' })
  publicHost!: string;

  @EnvInt('PUBLIC_PORT', {
    default: 3000,
    max: 65_535,
    description: 'Port of the public listener; 0 takes a free one.',
  })
  publicPort!: number;

  @EnvUrl('PUBLIC_URL', { description: 'The address that clients know; also the issuer of every token.' })
  publicUrl!: string;

  @EnvUrl('REALTIME_URL', { description: 'Where the realtime app takes WebSocket upgrades.' })
  realtimeUrl!: string;

  @EnvList('TRUSTED_PROXIES', {
    default: [],
    description: 'Addresses or CIDR ranges of hops whose X-Forwarded-For is believed.',
  })
  trustedProxies!: readonly string[];

  @EnvFile('INTERNAL_CALLERS_FILE', { description: 'YAML: the internal callers by name, each with its scopes.' })
  internalCallersFile!: string;

  @EnvFile('INTERNAL_CALLER_SECRETS_FILE', {
    description: 'JSON: each internal caller’s name with its secret, or with two while one is being replaced.',
  })
  internalCallerSecretsFile!: string;

  @EnvFlag('STAFF_SECOND_FACTOR', {
    default: true,
    description: 'Commands of staff want a sign-in with a second factor; the development profile goes without.',
  })
  staffSecondFactor!: boolean;

  @EnvInt('RATE_LIMIT_FACTOR', { default: 1, min: 1, max: 100_000, description: 'Multiplies every limit below.' })
  rateLimitFactor!: number;

  @EnvInt('LIMIT_LOGIN_PER_MINUTE', { default: 10, min: 1 })
  limitLogin!: number;

  @EnvInt('LIMIT_REGISTER_PER_MINUTE', { default: 5, min: 1 })
  limitRegister!: number;

  @EnvInt('LIMIT_VERIFY_PER_HOUR', { default: 5, min: 1 })
  limitVerify!: number;

  @EnvInt('LIMIT_FORGOT_PER_HOUR', { default: 5, min: 1 })
  limitForgot!: number;

  @EnvInt('LIMIT_VALIDATE_PER_MINUTE', { default: 30, min: 1, description: 'Against going through license keys.' })
  limitValidate!: number;

  @EnvInt('LIMIT_TOKEN_PER_MINUTE', { default: 60, min: 1 })
  limitToken!: number;

  @EnvInt('LIMIT_DEVICE_START_PER_MINUTE', { default: 10, min: 1 })
  limitDeviceStart!: number;

  @EnvInt('LIMIT_PAIRING_CLAIM_PER_MINUTE', { default: 5, min: 1 })
  limitPairingClaim!: number;

  @EnvInt('LIMIT_WEBHOOK_PER_MINUTE', { default: 6_000, min: 1, description: 'Pings of one storefront address.' })
  limitWebhook!: number;

  @EnvInt('LIMIT_PRODUCER_PER_MINUTE', {
    default: 60_000,
    min: 1,
    description: 'Events of one internal caller for people’s clients; counted by caller, wherever it calls from.',
  })
  limitProducer!: number;

  @EnvInt('LIMIT_ANY_PER_MINUTE', { default: 600, min: 1, description: 'Everything that has no limit of its own.' })
  limitAny!: number;

  verify(): ConfigProblem[] {
    return this.trustedProxies
      .filter((range) => cidrProblem(range))
      .map((range) => ({
        name: 'TRUSTED_PROXIES',
        wrong: `has an entry that is no address and no range (“${range}”)`,
        fix: 'Write addresses or CIDR ranges, e.g. 10.0.0.0/8.',
      }));
  }
}
