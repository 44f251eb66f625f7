import { EnvFile, EnvFlag, EnvInt, EnvList, EnvOneOf, EnvSecret, EnvText, EnvUrl, type ConfigProblem } from '#boot';
import { MAIL_LOCALES, type MailLocale } from './mail/words/words.js';
import { StorefrontsConfig } from './storefronts/storefronts.config.js';

/** What fulfillment is told by its environment. */
export class FulfillmentConfig extends StorefrontsConfig {
  @EnvUrl('PUBLIC_URL', { description: 'Where people reach Gatehouse; links in mails begin with it.' })
  publicUrl!: string;

  @EnvUrl('SMTP_URL', { schemes: ['smtp', 'smtps'], secret: true, description: 'The mail server that takes our mail.' })
  smtpUrl!: string;

  @EnvText('MAIL_FROM', {
    pattern: /^(?:[^<>\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    example: 'Shop <no-reply@example.com>',
  })
  mailFrom!: string;

  @EnvOneOf('MAIL_LOCALE', MAIL_LOCALES, { default: 'en', description: 'Language that mail is written in.' })
  mailLocale!: MailLocale;

  @EnvList('MAIL_WEBHOOK_SECRETS', {
    optional: true,
    secret: true,
    pattern: /^[\x21-\x7e]{16,512}$/,
    description:
      'Secrets of the address that Postmark tells of bounces: the current one, and the previous while they change.',
  })
  mailWebhookSecrets?: readonly string[];

  @EnvList('SES_TOPICS', {
    optional: true,
    pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/,
    description: 'ARNs of the SNS topics by which SES tells of bounces and complaints; messages of others are refused.',
  })
  sesTopics?: readonly string[];

  @EnvUrl('GUMROAD_API_URL', { default: 'https://api.gumroad.com', description: 'Gumroad’s API, without `/v2`.' })
  gumroadApiUrl!: string;

  @EnvSecret('GUMROAD_ACCESS_TOKEN', { optional: true, description: 'API token with the scope `view_sales`.' })
  gumroadAccessToken?: string;

  @EnvList('GUMROAD_WEBHOOK_SECRETS', {
    min: 1,
    secret: true,
    pattern: /^[\x21-\x7e]{16,512}$/,
    description: 'Secrets of the ping URL that are accepted: the current one, and the previous one while they change.',
  })
  gumroadWebhookSecrets!: readonly string[];

  @EnvFlag('GUMROAD_CONFIRM', { default: true, description: 'Whether a sale is read back before anything is minted.' })
  gumroadConfirm!: boolean;

  @EnvInt('STORE_REVOCATIONS_PER_HOUR', {
    default: 200,
    min: 1,
    max: 1_000_000,
    description:
      'Licenses that one store can have revoked within an hour; further ones wait, so that a person can look first. ' +
      'A hundred times as many in the development profile.',
  })
  storeRevocationsPerHour!: number;

  @EnvFile('PRODUCTS_FILE', { description: 'What the stores sell: config/products.yaml.' })
  productsFile!: string;

  get mostRevocations(): number {
    return this.storeRevocationsPerHour * (this.profile === 'development' ? 100 : 1);
  }

  verify(): ConfigProblem[] {
    const problems: ConfigProblem[] = [];
    if (this.gumroadConfirm && !this.gumroadAccessToken) {
      problems.push({ name: 'GUMROAD_ACCESS_TOKEN', wrong: 'is missing', fix: 'Set it to an API token of the store.' });
    }
    for (const store of ['lemonsqueezy', 'paddle', 'stripe'] as const) problems.push(...this.storeProblems(store));
    if (this.profile === 'production') problems.push(...this.developmentOnly());
    return problems;
  }

  private developmentOnly(): ConfigProblem[] {
    const problems: ConfigProblem[] = [];
    if (!this.gumroadConfirm) {
      const fix = 'Remove it: without the read-back whoever knows the ping URL makes licenses.';
      problems.push({ name: 'GUMROAD_CONFIRM', wrong: 'is false in production', fix });
    }
    if (!this.gumroadApiUrl.startsWith('https:')) {
      const fix = 'Set it to https://api.gumroad.com; a stand-in belongs into the development profile.';
      problems.push({ name: 'GUMROAD_API_URL', wrong: 'is not https in production', fix });
    }
    return problems;
  }
}
