import { EnvFile, EnvInt, EnvOneOf, EnvText, EnvUrl } from './env-decorators.js';

/** What every app is told by its environment. */
export class AppConfig {
  @EnvOneOf('GATEHOUSE_PROFILE', ['development', 'production'], {
    default: 'production',
    description: 'Development adds the mail inbox and the storefront stand-in.',
  })
  profile!: 'development' | 'production';

  @EnvOneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { default: 'info' })
  logLevel!: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

  @EnvOneOf('LOG_FORMAT', ['json', 'pretty'], { default: 'json' })
  logFormat!: 'json' | 'pretty';

  @EnvUrl('NATS_URL', {
    schemes: ['nats', 'tls'],
    description: 'The broker; with `tls://` only over TLS. Of a private CA tell Node by NODE_EXTRA_CA_CERTS.',
  })
  natsUrl!: string;

  @EnvFile('NATS_SEED_FILE', { description: 'The nkey seed of this app’s bus user.' })
  natsSeedFile!: string;

  @EnvText('INTERNAL_HOST', { default: '127.0.0.1', description: 'Where health and metrics listen.' })
  internalHost!: string;

  @EnvInt('INTERNAL_PORT', { min: 0, max: 65_535, description: 'Port of health and metrics; 0 takes a free one.' })
  internalPort!: number;

  @EnvInt('DRAIN_SECONDS', {
    default: 15,
    min: 1,
    max: 600,
    description: 'How long a stopping app may finish what is in flight before it ends anyway.',
  })
  drainSeconds!: number;
}
