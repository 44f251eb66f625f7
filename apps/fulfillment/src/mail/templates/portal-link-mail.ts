import type { AddressedMail } from '../mail-content.js';
import type { MailWords } from '../words/catalog.js';
import { minuteIn } from '../words/words.js';
import { linkMail } from './link-mail.js';

interface PortalLink {
  email: string;
  token: string;
  expires_at: Date;
}

/** The mail with the way into the portal; nobody's name is known there. */
export function portalLinkMail({ email, token, expires_at }: PortalLink, publicUrl: string, words: MailWords) {
  const said = words.portal({ until: minuteIn(words, expires_at.toISOString()) });
  const mail: AddressedMail = linkMail({ email, token, username: '' }, publicUrl, { words, ...said, page: 'portal' });
  return mail;
}
