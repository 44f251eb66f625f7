import type { MailToken } from '#contracts';
import type { AddressedMail } from '../mail-content.js';

/** The mail that proves an address. The token stands behind `#`, so that no server and no log ever sees it. */
export function verifyEmailMail(token: MailToken, publicUrl: string): AddressedMail {
  const until = `${token.expires_at.slice(0, 16).replace('T', ' ')} UTC`;
  return {
    to: { address: token.email, name: token.username },
    subject: 'Confirm your e-mail address',
    greeting: `Hello ${token.username},`,
    blocks: [
      { kind: 'text', text: 'please confirm that this address is yours:' },
      {
        kind: 'link',
        label: 'Confirm the address',
        url: `${publicUrl}/verify-email#token=${encodeURIComponent(token.token)}`,
      },
      { kind: 'text', text: 'Or paste this code where you are asked for it:' },
      { kind: 'code', text: token.token },
      {
        kind: 'text',
        text: `It works once, until ${until}. If you did not ask for it, ignore this mail; nothing happens.`,
      },
    ],
  };
}
