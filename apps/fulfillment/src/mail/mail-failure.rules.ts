import { backoffSeconds } from '../leases/backoff.rules.js';

/** Tries before a mail is given up; with the pauses about two days. */
const MOST_TRIES = 200;

/** SMTP commands at which a 5xx is about this mail; at the others it is about the connection or the sign-in. */
const ABOUT_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA', 'API']);

export type MailFailure = { bounced: true; why: string } | { bounced: false; why: string; seconds: number };

interface SmtpError {
  code?: string;
  command?: string;
  responseCode?: number;
}

/** What a failed try means: 5xx about the mail is for good, everything else is tried again. Quotes no address. */
export function mailFailure(error: unknown, attempts: number, random?: number): MailFailure {
  const { code, command, responseCode } = (error ?? {}) as SmtpError;
  const why = responseCode
    ? `The mail server answered ${responseCode} to ${command ?? 'the connection'}.`
    : `The mail server cannot be used (${code ?? (error instanceof Error ? error.name : 'unknown')}).`;
  const refused = responseCode !== undefined && responseCode >= 500 && ABOUT_THE_MAIL.has(command ?? '');
  const unusable = responseCode === undefined && code === 'EENVELOPE';
  if (refused || unusable) return { bounced: true, why };
  if (attempts >= MOST_TRIES) return { bounced: true, why: `Given up after ${attempts} tries. ${why}` };
  return { bounced: false, why, seconds: backoffSeconds(attempts, random) };
}
