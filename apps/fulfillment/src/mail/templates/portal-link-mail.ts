import type { AddressedMail } from '../mail-content.js';
import { minuteOf } from './link-mail.js';

interface PortalLink {
  email: string;
  token: string;
  expires_at: Date;
}

/** The mail with the way into the portal. The token stands behind `#`, where no server and no log sees it. */
export function portalLinkMail({ email, token, expires_at }: PortalLink, publicUrl: string): AddressedMail {
  return {
    to: { address: email, name: '' },
    subject: 'Your licenses',
    greeting: 'Hello,',
    blocks: [
      { kind: 'text', text: 'here you find your licenses, and can have them sent again or renewed:' },
      { kind: 'link', label: 'Show my licenses', url: `${publicUrl}/portal#token=${token}` },
      {
        kind: 'text',
        text: `The link works once, until ${minuteOf(expires_at.toISOString())}. If you did not ask for it, ignore this mail.`,
      },
    ],
  };
}
