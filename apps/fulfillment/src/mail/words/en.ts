import type { MailWords } from './catalog.js';

const NOT_YOU = 'If you did not ask for it, ignore this mail; nothing happens.';
const once = (until: string): string => `It works once, until ${until}.`;

/** English has every word. */
export const en: MailWords = {
  locale: 'en-GB',
  hello: (name) => (name ? `Hello ${name},` : 'Hello,'),
  code: 'Or type this code where you are asked for it, within ten minutes:',
  paste: 'Or paste this where you are asked for it:',
  links: {
    verify_email: ({ until }) => ({
      subject: 'Confirm your e-mail address',
      before: ['please confirm that this address is yours:'],
      label: 'Confirm the address',
      after: [`${once(until)} If you have made no account, say so on that page, or ignore this mail.`],
    }),
    // Names the username: who did not choose it sees that it was somebody else.
    confirm_registration: ({ username, until }) => ({
      subject: 'Confirm your new account',
      before: [`somebody wants an account with this address and the username ${username}. If it was you, confirm it:`],
      label: 'Confirm and open the account',
      after: [`${once(until)} If it was not you, do nothing: without your consent there will be no account.`],
    }),
    account_exists: () => ({
      subject: 'You already have an account',
      before: [
        'somebody, perhaps you, wanted to use this address for an account. You have one already, so nothing was changed.',
        'If you do not know your password any more, you can set a new one:',
      ],
      label: 'Set a new password',
      after: ['If it was not you, ignore this mail. Nobody was told that you have an account.'],
    }),
    reset_password: ({ until }) => ({
      subject: 'Set a new password',
      before: ['somebody, hopefully you, wants to set a new password for your account:'],
      label: 'Set a new password',
      after: [`${once(until)} You will be signed out everywhere. ${NOT_YOU}`],
    }),
    change_email: ({ until }) => ({
      subject: 'Confirm your new e-mail address',
      before: ['please confirm that your account is to have this address from now on:'],
      label: 'Use this address',
      after: [`${once(until)} Until then everything stays as it is. ${NOT_YOU}`],
    }),
    undo_email_change: ({ until }) => ({
      subject: 'Your e-mail address was changed',
      before: [
        'your account has another e-mail address now. Mail about it no longer comes here.',
        'If it was not you, take it back. You will be signed out everywhere, and we mail you a link for a new password:',
      ],
      label: 'Take the change back',
      after: [`${once(until)} If it was you, there is nothing to do.`],
    }),
    undo_deletion: ({ until }) => ({
      subject: 'Your account will be deleted',
      before: ['your account is closed and will be deleted for good, with everything in it. You can still keep it:'],
      label: 'Keep my account',
      after: [`The deletion begins after ${until}.`],
    }),
  },
  notices: {
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
  },
  notice: {
    occasion: (at, address, program) =>
      [`When: ${at}`, `Address: ${address ?? 'unknown'}`, `Program: ${program ?? 'unknown'}`].join(' · '),
    nothingToDo: 'If it was you, there is nothing to do.',
    label: 'It was not me',
    after: 'The page behind the link signs that device out and mails you a link for a new password.',
  },
  license: {
    subject: (tier) => `Your ${tier} license`,
    opening: (tier, until) => `thank you. This is your ${tier} license, valid until ${until}.`,
  },
  license_changed: {
    subject: (tier) => `Your new ${tier} license file`,
    opening: (tier, until) => `this is the new file of your ${tier} license, valid until ${until}.`,
  },
  licenseKey: (key) => `License key: ${key}`,
  activate: 'To activate it, paste the whole of the following line into the app, or open the attached file:',
  keep: 'It works offline. Keep this mail: it is all you need on a new computer.',
  portal: ({ until }) => ({
    subject: 'Your licenses',
    before: ['here you find your licenses, and can have them sent again or renewed:'],
    label: 'Show my licenses',
    after: [`The link works once, until ${until}. If you did not ask for it, ignore this mail.`],
  }),
};
