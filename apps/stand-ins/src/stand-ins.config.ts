import { EnvInt, EnvNumber, EnvOneOf, EnvSecret, EnvText, EnvUrl } from '#boot';
import { SigningStoresConfig } from './storefront/signed/signing-stores.config.js';

/** Where the stand-ins listen, and whom the shop pings. */
export class StandInsConfig extends SigningStoresConfig {
  @EnvOneOf('GATEHOUSE_PROFILE', ['development'], {
    default: 'development',
    description: 'The stand-ins exist in no other profile.',
  })
  profile!: 'development';

  @EnvInt('MAIL_SMTP_PORT', { max: 65_535, description: 'The mail server; 0 takes a free port.' })
  mailSmtpPort!: number;

  @EnvInt('MAIL_HTTP_PORT', { max: 65_535, description: 'The inbox page and its API.' })
  mailHttpPort!: number;

  @EnvInt('MAIL_RECORDS', { default: 1_000, min: 1, max: 100_000, description: 'How many mails are kept.' })
  mailRecords!: number;

  @EnvInt('STOREFRONT_PORT', { max: 65_535, description: 'Gumroad’s API and the controls of the shop.' })
  storefrontPort!: number;

  @EnvUrl('GUMROAD_PING_URL', { secret: true, description: 'The webhook that hears of sales, secret included.' })
  gumroadPingUrl!: string;

  @EnvNumber('GUMROAD_RETRY_SCALE', { default: 1, max: 10, description: 'Factor on the pauses of 60, 180, 600 s.' })
  gumroadRetryScale!: number;

  @EnvInt('PROVIDERS_PORT', { max: 65_535, description: 'GitHub, Google, Twitch, Steam and their controls.' })
  providersPort!: number;

  @EnvText('PROVIDERS_CLIENT_ID', { description: 'What Gatehouse is registered with at GitHub, Google and Twitch.' })
  providersClientId!: string;

  @EnvSecret('PROVIDERS_CLIENT_SECRET')
  providersClientSecret!: string;

  @EnvSecret('EXTENSION_SECRET', { optional: true, description: 'Base64; signs tokens of viewers of the extension.' })
  extensionSecret?: string;
}
