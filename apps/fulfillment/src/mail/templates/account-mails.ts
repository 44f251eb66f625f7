import type { MailKind, MailToken } from '#contracts';
import type { AddressedMail } from '../mail-content.js';
import { linkMail, minuteOf, type LinkMail } from './link-mail.js';
import { securityNoticeMail } from './security-notice-mail.js';

type Words = (token: MailToken) => LinkMail;

const NOT_YOU = 'If you did not ask for it, ignore this mail; nothing happens.';
const once = (token: MailToken): string => `It works once, until ${minuteOf(token.expires_at)}.`;

const verifyEmail: Words = (token) => ({
  subject: 'Confirm your e-mail address',
  before: ['please confirm that this address is yours:'],
  page: 'verify-email',
  label: 'Confirm the address',
  paste: true,
  after: [`${once(token)} If you have made no account, say so on that page, or ignore this mail.`],
});

/** Names the username: who did not choose it sees that it was somebody else. */
const confirmRegistration: Words = (token) => ({
  subject: 'Confirm your new account',
  before: [
    `somebody wants an account with this address and the username ${token.username}. If it was you, confirm it:`,
  ],
  page: 'verify-email',
  label: 'Confirm and open the account',
  paste: true,
  after: [`${once(token)} If it was not you, do nothing: without your consent there will be no account.`],
});

const accountExists: Words = () => ({
  subject: 'You already have an account',
  before: [
    'somebody, perhaps you, wanted to use this address for an account. You have one already, so nothing was changed.',
    'If you do not know your password any more, you can set a new one:',
  ],
  page: 'forgot-password',
  label: 'Set a new password',
  after: ['If it was not you, ignore this mail. Nobody was told that you have an account.'],
});

const resetPassword: Words = (token) => ({
  subject: 'Set a new password',
  before: ['somebody, hopefully you, wants to set a new password for your account:'],
  page: 'reset-password',
  label: 'Set a new password',
  paste: true,
  after: [`${once(token)} You will be signed out everywhere. ${NOT_YOU}`],
});

const changeEmail: Words = (token) => ({
  subject: 'Confirm your new e-mail address',
  before: ['please confirm that your account is to have this address from now on:'],
  page: 'change-email',
  label: 'Use this address',
  paste: true,
  after: [`${once(token)} Until then everything stays as it is. ${NOT_YOU}`],
});

const undoEmailChange: Words = (token) => ({
  subject: 'Your e-mail address was changed',
  before: [
    'your account has another e-mail address now. Mail about it no longer comes here.',
    'If it was not you, take it back. You will be signed out everywhere, and we mail you a link for a new password:',
  ],
  page: 'undo-email-change',
  label: 'Take the change back',
  after: [`${once(token)} If it was you, there is nothing to do.`],
});

const undoDeletion: Words = (token) => ({
  subject: 'Your account will be deleted',
  before: ['your account is closed and will be deleted for good, with everything in it. You can still keep it:'],
  page: 'undo-deletion',
  label: 'Keep my account',
  after: [`The deletion begins after ${minuteOf(token.expires_at)}.`],
});

const made =
  (words: Words) =>
  (token: MailToken, publicUrl: string): AddressedMail =>
    linkMail(token, publicUrl, words(token));

/** Every mail about an account, by its kind. */
export const ACCOUNT_MAILS: Record<MailKind, (token: MailToken, publicUrl: string) => AddressedMail> = {
  verify_email: made(verifyEmail),
  confirm_registration: made(confirmRegistration),
  account_exists: made(accountExists),
  reset_password: made(resetPassword),
  change_email: made(changeEmail),
  undo_email_change: made(undoEmailChange),
  security_notice: securityNoticeMail,
  undo_deletion: made(undoDeletion),
};
