import { createHash } from 'node:crypto';

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Where the store keeps a producer's id. */
export const producerKey = (id: string): string => digest(`gatehouse producer key\0${id}`);

/** What an event says, whatever the order of its members; two with one id have to say the same. */
export const contentDigest = (content: unknown): string => digest(JSON.stringify(content, inOrder));

const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
