import type { LicenseRecord } from '#contracts';
import type { AddressedMail } from '../mail-content.js';
import type { MailWords } from '../words/catalog.js';
import { dayIn } from '../words/words.js';

/** Names of what is sold are the same in every language. */
const TIER_NAMES: Record<string, string> = { lite: 'Lite', core: 'Core', pro: 'Pro', enterprise: 'Enterprise' };

/** Mails of a license: `license` delivers it, `license_changed` a new blob after a renewal or a new signature. */
export type LicenseMailKind = 'license' | 'license_changed';

/** The mail that delivers a license: its blob to copy, and as a file. */
export function licenseMail(kind: LicenseMailKind, license: LicenseRecord, words: MailWords): AddressedMail {
  const tier = TIER_NAMES[license.tier] ?? license.tier;
  return {
    to: { address: license.email, name: license.name },
    locale: words.locale,
    subject: words[kind].subject(tier),
    greeting: words.hello(license.name),
    blocks: [
      { kind: 'text', text: words[kind].opening(tier, dayIn(words, license.expires_at)) },
      { kind: 'text', text: words.licenseKey(license.license_key) },
      { kind: 'text', text: words.activate },
      { kind: 'code', text: license.blob },
      { kind: 'text', text: words.keep },
    ],
    attachments: [{ filename: 'license.dtlic', content: license.blob }],
  };
}
