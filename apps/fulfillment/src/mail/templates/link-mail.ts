import type { MailToken } from '#contracts';
import type { AddressedMail, MailBlock } from '../mail-content.js';

/** The words of a mail around its link. */
export interface LinkMail {
  subject: string;
  before: string[];
  /** Path of the page that asks for the person's consent; opening it does nothing. */
  page: string;
  label: string;
  after?: string[];
  /** Whether the mail also shows what can be pasted instead of following the link. */
  paste?: boolean;
}

/** A mail with one link. The token stands behind `#`, so that no server and no log ever sees it (R-RC5). */
export function linkMail(token: MailToken, publicUrl: string, words: LinkMail): AddressedMail {
  const url = `${publicUrl}/${words.page}#token=${encodeURIComponent(token.token)}`;
  return {
    to: { address: token.email, name: token.username },
    subject: words.subject,
    greeting: `Hello ${token.username},`,
    blocks: [
      ...words.before.map(text),
      { kind: 'link', label: words.label, url },
      ...(words.paste ? pasted(token) : []),
      ...(words.after ?? []).map(text),
    ],
  };
}

/** `2026-01-31 12:34 UTC`. */
export const minuteOf = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;

const text = (line: string): MailBlock => ({ kind: 'text', text: line });

function pasted(token: MailToken): MailBlock[] {
  const short: MailBlock[] = token.code
    ? [text('Or type this code where you are asked for it, within ten minutes:'), { kind: 'code', text: token.code }]
    : [];
  return [...short, text('Or paste this where you are asked for it:'), { kind: 'code', text: token.token }];
}
