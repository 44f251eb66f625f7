import { EnvInt, EnvNumber, EnvOneOf, EnvSecret, EnvUrl } from '#boot';

/** Where the stand-ins listen, and whom the shop pings. */
export class StandInsConfig {
  @EnvOneOf('GATEHOUSE_PROFILE', ['development'])
  profile!: 'development';

  @EnvInt('MAIL_SMTP_PORT', { min: 0, max: 65_535 })
  mailSmtpPort!: number;

  @EnvInt('MAIL_HTTP_PORT', { min: 0, max: 65_535 })
  mailHttpPort!: number;

  @EnvInt('MAIL_RECORDS', { default: 1000, min: 1, max: 100_000 })
  mailRecords!: number;

  @EnvInt('STOREFRONT_PORT', { min: 0, max: 65_535 })
  storefrontPort!: number;
}
