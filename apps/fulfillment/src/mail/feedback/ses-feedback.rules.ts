import { isObject, jsonObject, textOf, uuidOrNull, word, type Feedback } from './feedback.js';

type Members = Record<string, unknown>;

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Our own id of the mail, out of the Message-ID that it was handed over with. */
function mailIdOf(mail: Members): string | null {
  const common = isObject(mail.commonHeaders) ? textOf(mail.commonHeaders, 'messageId') : undefined;
  const headers = listOf(mail.headers).map((h) => [textOf(h, 'name')?.toLowerCase(), textOf(h, 'value')] as const);
  const ids = [common, ...headers.filter(([name]) => name === 'message-id').map(([, value]) => value)];
  const marked = headers.find(([name]) => name === 'x-pm-metadata-mail_id')?.[1];
  const own = ids.map((id) => /^<?([0-9a-f-]{36})\.\d+@/i.exec(id ?? '')?.[1]).find((id) => id);
  return uuidOrNull(own ?? marked);
}

/**
 * What an event of Amazon SES, as SNS delivers it, says about addresses that take no mail: permanent bounces and
 * complaints. A bounce that passes by itself, a delivery and everything else is nothing.
 * @param id of the SNS message
 */
export function sesFeedback(id: string, message: string): Feedback[] {
  const told = jsonObject(message);
  if (!told) return [];
  const type = textOf(told, 'notificationType') ?? textOf(told, 'eventType');
  const mail_id = isObject(told.mail) ? mailIdOf(told.mail) : null;
  const about = (receivers: unknown, reason: Feedback['reason'], why: string): Feedback[] =>
    listOf(receivers).flatMap((receiver, at) => {
      const address = textOf(receiver, 'emailAddress', 320);
      return address
        ? [{ service: 'ses', id: `${id}:${at}`, address: bare(address), reason, why, mail_id } as const]
        : [];
    });
  if (type === 'Bounce' && isObject(told.bounce) && textOf(told.bounce, 'bounceType') === 'Permanent') {
    const why = `SES told of a permanent bounce (${word(textOf(told.bounce, 'bounceSubType'))}).`;
    return about(told.bounce.bouncedRecipients, 'hard_bounce', why);
  }
  if (type === 'Complaint' && isObject(told.complaint)) {
    const why = `SES told of a complaint (${word(textOf(told.complaint, 'complaintFeedbackType'))}).`;
    return about(told.complaint.complainedRecipients, 'complaint', why);
  }
  return [];
}

/** SES repeats a receiver as it was written, with the name around the address. */
const bare = (address: string): string => (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim();
