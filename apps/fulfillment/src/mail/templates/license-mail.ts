import type { LicenseRecord } from '#contracts';
import type { AddressedMail } from '../mail-content.js';

const TIER_NAMES: Record<string, string> = { lite: 'Lite', core: 'Core', pro: 'Pro', enterprise: 'Enterprise' };

/** The mail that delivers a license: its blob to copy, and as a file. */
export const licenseMail = (license: LicenseRecord): AddressedMail =>
  written(license, (tier) => [`Your ${tier} license`, `thank you. This is your ${tier} license`]);

/** The mail that delivers a new blob of a license that was renewed or signed anew. */
export const changedLicenseMail = (license: LicenseRecord): AddressedMail =>
  written(license, (tier) => [`Your new ${tier} license file`, `this is the new file of your ${tier} license`]);

function written(license: LicenseRecord, words: (tier: string) => [subject: string, opening: string]): AddressedMail {
  const [subject, opening] = words(TIER_NAMES[license.tier] ?? license.tier);
  return {
    to: { address: license.email, name: license.name },
    subject,
    greeting: `Hello ${license.name},`,
    blocks: [
      {
        kind: 'text',
        text: `${opening}, valid until ${license.expires_at.slice(0, 10)}.`,
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
