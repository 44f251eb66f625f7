import { createVerify, X509Certificate } from 'node:crypto';
import { jsonObject, textOf } from './feedback.js';

const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;

/** A message of Amazon SNS, not yet proven to be one. */
export interface SnsMessage {
  type: (typeof TYPES)[number];
  id: string;
  topic: string;
  message: string;
  certificateUrl: string;
  signature: string;
  algorithm: 'RSA-SHA1' | 'RSA-SHA256';
  subscribeUrl: string | undefined;
  sentAt: number;
  /** The text that its signature is over. */
  signed: string;
}

const ALGORITHMS: Record<string, SnsMessage['algorithm'] | undefined> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };
const MAX_MESSAGE = 262_144;
const OLDEST_MS = 30 * 86_400_000;
const SKEW_MS = 3_600_000;

/** The members that are signed, in their order. */
const signedMembers = (type: SnsMessage['type']): string[] =>
  type === 'Notification'
    ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
    : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** Reads a message; nothing when a member that proves or names it is missing. */
export function readSns(body: string): SnsMessage | undefined {
  const m = jsonObject(body);
  const type = TYPES.find((t) => t === m?.Type);
  if (!m || !type) return undefined;
  const [id, topic, message] = [textOf(m, 'MessageId', 128), textOf(m, 'TopicArn'), textOf(m, 'Message', MAX_MESSAGE)];
  const [certificateUrl, signature] = [textOf(m, 'SigningCertURL', 1024), textOf(m, 'Signature', 4096)];
  const algorithm = ALGORITHMS[String(m.SignatureVersion)];
  const sentAt = Date.parse(textOf(m, 'Timestamp') ?? '');
  if (!id || !topic || !message || !certificateUrl || !signature || !algorithm || Number.isNaN(sentAt))
    return undefined;
  const present = signedMembers(type).filter((name) => typeof m[name] === 'string');
  const signed = present.map((name) => `${name}\n${m[name] as string}\n`).join('');
  const subscribeUrl = textOf(m, 'SubscribeURL', 2048);
  return { type, id, topic, message, certificateUrl, signature, algorithm, subscribeUrl, sentAt, signed };
}

/**
 * SNS in a region. Only what regions are called: S3 has hosts such as `sns.s3-us-west-2.amazonaws.com`, where whoever owns
 * the bucket decides what there is.
 */
const SNS_HOST = /^sns\.[a-z]{2}(-[a-z]+){1,2}-\d{1,2}\.amazonaws\.com(\.cn)?$/;

/** Whether an address belongs to SNS itself: nothing else is ever asked, whatever a message says. */
export function isSnsUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, username, password } = new URL(text);
  const bare = port === '' && username === '' && password === '';
  return protocol === 'https:' && bare && SNS_HOST.test(hostname);
}

/** SNS tries for a while to deliver, and not for months; what is older was recorded by somebody. */
export const isTimely = ({ sentAt }: SnsMessage, now: number): boolean =>
  sentAt <= now + SKEW_MS && sentAt >= now - OLDEST_MS;

/** Whether the message was signed by the certificate's key, while the certificate is valid. */
export function isSignedBy({ signature, signed, algorithm }: SnsMessage, pem: string, now: number): boolean {
  try {
    const certificate = new X509Certificate(pem);
    if (Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) return false;
    return createVerify(algorithm).update(signed, 'utf8').verify(certificate.publicKey, signature, 'base64');
  } catch {
    return false;
  }
}
