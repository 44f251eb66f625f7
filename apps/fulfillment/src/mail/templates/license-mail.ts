import type { LicenseRecord } from '#contracts';
import type { AddressedMail } from '../mail-content.js';

const TIER_NAMES: Record<string, string> = { lite: 'Lite', core: 'Core', pro: 'Pro', enterprise: 'Enterprise' };

/** The mail that delivers a license: its blob to copy, and as a file. */
export function licenseMail(license: LicenseRecord): AddressedMail {
  const tier = TIER_NAMES[license.tier] ?? license.tier;
  return {
    to: { address: license.email, name: license.name },
    subject: `Your ${tier} license`,
    greeting: `Hello ${license.name},`,
    blocks: [
      {
        kind: 'text',
        text: `thank you. This is your ${tier} license, valid until ${license.expires_at.slice(0, 10)}.`,
      },
      { kind: 'text', text: `License key: ${license.license_key}` },
      {
        kind: 'text',
        text: 'To activate it, paste the whole of the following line into the app, or open the attached file:',
      },
      { kind: 'code', text: license.blob },
      { kind: 'text', text: 'It works offline. Keep this mail: it is all you need on a new computer.' },
    ],
    attachments: [{ filename: 'license.dtlic', content: license.blob }],
  };
}
