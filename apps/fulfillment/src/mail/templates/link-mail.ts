import type { MailToken } from '#contracts';
import type { AddressedMail, MailBlock } from '../mail-content.js';
import type { LinkWords, MailWords } from '../words/catalog.js';

/** A mail around one link. */
export interface LinkMail extends LinkWords {
  words: MailWords;
  /** Path of the page that asks for the person's consent; opening it does nothing. */
  page: string;
  /** Whether the mail also shows what can be pasted instead of following the link. */
  paste?: boolean;
}

/** Whom a link mail goes to, and what its link carries. */
export type LinkToken = Pick<MailToken, 'token' | 'email' | 'username' | 'code'>;

/** A mail with one link. The token stands behind `#`, so that no server and no log ever sees it (R-RC5). */
export function linkMail(token: LinkToken, publicUrl: string, mail: LinkMail): AddressedMail {
  const { words, subject, before, after, label, page } = mail;
  const url = `${publicUrl}/${page}#token=${encodeURIComponent(token.token)}`;
  return {
    to: { address: token.email, name: token.username },
    locale: words.locale,
    subject,
    greeting: words.hello(token.username),
    blocks: [
      ...before.map(text),
      { kind: 'link', label, url },
      ...(mail.paste ? pasted(token, words) : []),
      ...after.map(text),
    ],
  };
}

const text = (line: string): MailBlock => ({ kind: 'text', text: line });

function pasted({ code, token }: LinkToken, words: MailWords): MailBlock[] {
  const short: MailBlock[] = code ? [text(words.code), { kind: 'code', text: code }] : [];
  return [...short, text(words.paste), { kind: 'code', text: token }];
}
