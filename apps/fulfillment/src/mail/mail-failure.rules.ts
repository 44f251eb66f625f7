import { backoffSeconds } from '../leases/backoff.rules.js';

/** How long a mail is tried before it is given up. */
const PATIENCE_MS = 48 * 3_600_000;

/** SMTP commands at which a 5xx is about this mail; at the others it is about the connection or the sign-in. */
const ABOUT_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA', 'API']);

/** Status codes (RFC 3463) that say that there is no such mailbox, or none any more: the next mail will fare no better. */
const NO_MAILBOX = /^5\d\d[ -]5\.(1\.(1|2|3|6|10)|2\.1)\b/;

export type MailFailure =
  { bounced: true; why: string; noMailbox: boolean } | { bounced: false; why: string; seconds: number };

/** The tries so far. */
export interface Tries {
  attempts: number;
  /** When the first of them failed; null when this was the first. */
  since: Date | null;
}

interface SmtpError {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** What a failed try means: 5xx about the mail is for good, everything else is tried again. Quotes no address. */
export function mailFailure(error: unknown, { attempts, since }: Tries, random?: number): MailFailure {
  const { code, command, response, responseCode } = (error ?? {}) as SmtpError;
  const why = responseCode
    ? `The mail server answered ${responseCode} to ${command ?? 'the connection'}.`
    : `The mail server cannot be used (${code ?? (error instanceof Error ? error.name : 'unknown')}).`;
  const refused = responseCode !== undefined && responseCode >= 500 && ABOUT_THE_MAIL.has(command ?? '');
  const unusable = responseCode === undefined && code === 'EENVELOPE';
  const noMailbox = refused && command === 'RCPT TO' && NO_MAILBOX.test(response ?? '');
  if (refused || unusable) return { bounced: true, why, noMailbox };
  const over = since !== null && Date.now() - since.getTime() >= PATIENCE_MS;
  if (over) return { bounced: true, why: `Given up after ${attempts} tries in 48 hours. ${why}`, noMailbox: false };
  return { bounced: false, why, seconds: backoffSeconds(attempts, random) };
}
