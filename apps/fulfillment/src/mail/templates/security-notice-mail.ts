import type { MailOccasion, MailToken, SecurityNotice } from '#contracts';
import type { AddressedMail } from '../mail-content.js';
import { linkMail, minuteOf } from './link-mail.js';

const WORDS: Record<SecurityNotice, [subject: string, what: string]> = {
  new_device: ['New sign-in to your account', 'somebody signed in to your account from a device that is new to us.'],
  password_changed: ['Your password was changed', 'the password of your account was changed.'],
  password_reset: ['Your password was reset', 'the password of your account was set anew by a mailed link.'],
  email_changed: ['Your e-mail address was changed', 'your account has this e-mail address now.'],
  mfa_enabled: ['Two-step sign-in is on', 'two-step sign-in was switched on for your account.'],
  mfa_disabled: ['Two-step sign-in is off', 'two-step sign-in was switched off for your account.'],
  recovery_codes_renewed: ['New recovery codes', 'your account has new recovery codes; the old ones no longer work.'],
  recovery_code_used: ['A recovery code was used', 'somebody signed in to your account with a recovery code.'],
  passkey_added: ['A passkey was added', 'your account has a new passkey.'],
  passkey_removed: ['A passkey was removed', 'a passkey of your account was removed.'],
  identity_linked: ['A way to sign in was added', 'an account of another provider can sign in to your account now.'],
  identity_unlinked: ['A way to sign in was removed', 'a provider’s account can no longer sign in to your account.'],
  staff_access: [
    'Our staff looked into your account',
    'a member of our staff has opened your account in your name, for an hour at most, to help you.',
  ],
  device_paired: ['A device was paired', 'a new device acts for your account.'],
};

/** Tells a person of something about the account, with one way to stop it (R-RC9). */
export function securityNoticeMail(token: MailToken, publicUrl: string): AddressedMail {
  const [subject, what] = WORDS[token.notice ?? 'password_changed'];
  return linkMail(token, publicUrl, {
    subject,
    before: [what, ...(token.occasion ? [occasionOf(token.occasion)] : []), 'If it was you, there is nothing to do.'],
    page: 'secure-account',
    label: 'It was not me',
    after: ['The page behind the link signs that device out and mails you a link for a new password.'],
  });
}

/** Addresses in mail are cut short by nobody: the person has to recognize the own one. */
function occasionOf({ at, ip, user_agent }: MailOccasion): string {
  return [`When: ${minuteOf(at)}`, `Address: ${ip ?? 'unknown'}`, `Program: ${user_agent ?? 'unknown'}`].join(' · ');
}
