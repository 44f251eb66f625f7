import { createHash } from 'node:crypto';
import { contentText } from '#contracts';

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Where the store keeps a producer's id. */
export const producerKey = (id: string): string => digest(`gatehouse producer key\0${id}`);

/** What an event says, whatever the order of its members; two with one id have to say the same. */
export const contentDigest = (content: unknown): string => digest(contentText(content) ?? '');

const CLAIMED = 'claimed:';

/** What the store keeps of an id whose event may or may not be in the stream; of one that certainly is, its content alone. */
export const claimOf = (content: string): string => CLAIMED + content;

/** What an entry of the store says of an event with its id. */
export function standingOf(entry: string, content: string): 'accepted' | 'claimed' | 'another' {
  if (entry === content) return 'accepted';
  return entry === claimOf(content) ? 'claimed' : 'another';
}
