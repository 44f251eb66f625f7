import type { MailServiceName, SuppressionReason } from '#contracts';

/** What a mail service has told about one receiver. */
export interface Feedback {
  service: MailServiceName;
  /** The same id is the same news, however often it comes. */
  id: string;
  address: string;
  reason: Extract<SuppressionReason, 'hard_bounce' | 'complaint'>;
  /** In words that quote nobody. */
  why: string;
  /** The mail of our outbox, when the service gives its id back. */
  mail_id: string | null;
}

type Members = Record<string, unknown>;

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON object that a text is, if it is one. */
export function jsonObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A member that is a text with something in it, cut to what may be kept. */
export const textOf = (members: Members, name: string, max = 512): string | undefined => {
  const value = members[name];
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text.slice(0, max) : undefined;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const uuidOrNull = (text: string | undefined): string | null => (text && UUID.test(text) ? text : null);

/** A word of the service's own closed vocabulary; whatever else stands there is not repeated. */
export const word = (text: string | undefined): string => (text && /^[A-Za-z]{1,40}$/.test(text) ? text : 'unnamed');
