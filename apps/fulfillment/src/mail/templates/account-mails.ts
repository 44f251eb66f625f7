import type { MailKind, MailToken } from '#contracts';
import type { AddressedMail } from '../mail-content.js';
import type { LinkMailKind, MailWords } from '../words/catalog.js';
import { minuteIn } from '../words/words.js';
import { linkMail } from './link-mail.js';
import { securityNoticeMail } from './security-notice-mail.js';

type Written = (token: MailToken, publicUrl: string, words: MailWords) => AddressedMail;

/** Where the link of a mail leads, and whether the mail also shows what can be pasted instead of following it. */
interface Target {
  page: string;
  paste?: boolean;
}

const TARGETS: Record<LinkMailKind, Target> = {
  verify_email: { page: 'verify-email', paste: true },
  confirm_registration: { page: 'verify-email', paste: true },
  account_exists: { page: 'forgot-password' },
  reset_password: { page: 'reset-password', paste: true },
  change_email: { page: 'change-email', paste: true },
  undo_email_change: { page: 'undo-email-change' },
  undo_deletion: { page: 'undo-deletion' },
};

/** Writes the mail about an account that the token is for. */
export const accountMail = (kind: MailKind, ...[token, publicUrl, words]: Parameters<Written>): AddressedMail => {
  if (kind === 'security_notice') return securityNoticeMail(token, publicUrl, words);
  const facts = { username: token.username, until: minuteIn(words, token.expires_at) };
  return linkMail(token, publicUrl, { words, ...words.links[kind](facts), ...TARGETS[kind] });
};
