/** Mails about an account: each has a template in fulfillment, and a token of the same kind in identity. */
export const MAIL_KINDS = [
  'verify_email',
  'confirm_registration',
  'account_exists',
  'reset_password',
  'change_email',
  'undo_email_change',
  'security_notice',
  'undo_deletion',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** What a `security_notice` tells its person (R-RC9). */
export const SECURITY_NOTICES = [
  'new_device',
  'password_changed',
  'password_reset',
  'email_changed',
  'mfa_enabled',
  'mfa_disabled',
  'recovery_codes_renewed',
  'recovery_code_used',
  'passkey_added',
  'passkey_removed',
  'identity_linked',
  'identity_unlinked',
  'device_paired',
  'staff_access',
] as const;
export type SecurityNotice = (typeof SECURITY_NOTICES)[number];
