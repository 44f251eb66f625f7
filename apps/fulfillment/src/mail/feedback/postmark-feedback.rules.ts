import { isObject, jsonObject, textOf, uuidOrNull, word, type Feedback } from './feedback.js';

/** Types of Postmark's bounces after which the mailbox will not take the next mail either. */
const FOR_GOOD = new Set(['HardBounce', 'BadEmailAddress', 'ManuallyDeactivated']);
const COMPLAINTS = new Set(['SpamComplaint', 'SpamNotification']);

/** What a webhook of Postmark says about an address that takes no mail; nothing when it is about something else. */
export function postmarkFeedback(body: string): Feedback[] {
  const told = jsonObject(body);
  const kind = told && textOf(told, 'RecordType');
  if (!told || (kind !== 'Bounce' && kind !== 'SpamComplaint')) return [];
  const [id, address, type] = [textOf(told, 'ID'), textOf(told, 'Email', 254), textOf(told, 'Type')];
  const complaint = kind === 'SpamComplaint' || COMPLAINTS.has(type ?? '');
  if (!id || !address || !(complaint || FOR_GOOD.has(type ?? ''))) return [];
  const metadata = isObject(told.Metadata) ? told.Metadata : {};
  return [
    {
      service: 'postmark',
      id: `${kind}:${id}`,
      address,
      reason: complaint ? 'complaint' : 'hard_bounce',
      why: `Postmark told of a ${word(type ?? kind)}.`,
      mail_id: uuidOrNull(textOf(metadata, 'mail_id')),
    },
  ];
}
