/** A mail's text, once; its plain and its HTML part are both made from it. */
export interface MailContent {
  /** Language of the words. */
  locale: string;
  subject: string;
  greeting: string;
  blocks: MailBlock[];
  attachments?: { filename: string; content: string }[];
}

export type MailBlock =
  | { kind: 'text'; text: string }
  /** Something to copy, alone on its line. */
  | { kind: 'code'; text: string }
  | { kind: 'link'; label: string; url: string };

/** A mail that can be sent. */
export interface AddressedMail extends MailContent {
  to: { address: string; name: string };
}

/** What becomes of a queued mail when its time has come. */
export type Prepared =
  | { now: 'send'; mail: AddressedMail }
  | { now: 'suppress'; why: string }
  | { now: 'drop'; why: string }
  | { now: 'wait'; why: string; seconds: number };
