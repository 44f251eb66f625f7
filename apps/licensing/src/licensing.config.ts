import { DataAppConfig, EnvFile, EnvInt, EnvUrl } from '#boot';

const DAY = 86_400;

/** Configuration of the licensing app. */
export class LicensingConfig extends DataAppConfig {
  @EnvFile('PLANS_FILE', {
    default: 'config/plans.yaml',
    description: 'Plans, their features, and what tiers are worth.',
  })
  plansFile!: string;

  @EnvUrl('PUBLIC_URL', { description: 'Issuer of license tokens.' })
  publicUrl!: string;

  @EnvInt('LICENSE_TOKEN_TTL', {
    default: 30 * DAY,
    min: 60,
    max: 90 * DAY,
    description:
      'Seconds that a license token lives at least, when no client’s policy says; its plan’s offline days lengthen it.',
  })
  licenseTokenTtl!: number;

  @EnvInt('ENTITLEMENT_SWEEP_MS', {
    default: 1_000,
    min: 50,
    max: 60_000,
    description: 'Milliseconds between two looks for plans that begin or lapse.',
  })
  entitlementSweepMs!: number;
}
