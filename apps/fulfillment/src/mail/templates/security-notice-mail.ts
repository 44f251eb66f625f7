import type { MailToken } from '#contracts';
import type { AddressedMail } from '../mail-content.js';
import type { MailWords } from '../words/catalog.js';
import { minuteIn } from '../words/words.js';
import { linkMail } from './link-mail.js';

/** Tells a person of something about the account, with one way to stop it (R-RC9). */
export function securityNoticeMail(token: MailToken, publicUrl: string, words: MailWords): AddressedMail {
  const { notices, notice } = words;
  const [subject, what] = notices[token.notice ?? 'password_changed'];
  // The address is cut short by nobody: the person has to recognize the own one.
  const { occasion } = token;
  const told = occasion ? [notice.occasion(minuteIn(words, occasion.at), occasion.ip, occasion.user_agent)] : [];
  return linkMail(token, publicUrl, {
    words,
    subject,
    before: [what, ...told, notice.nothingToDo],
    page: 'secure-account',
    label: notice.label,
    after: [notice.after],
  });
}
