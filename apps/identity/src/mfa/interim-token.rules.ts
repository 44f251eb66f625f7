import { createHash, randomBytes } from 'node:crypto';

/** A token that is good for the second factor and nothing else: it is no JWT, and no verifier knows it. */
export const newInterimToken = (): string => `mfa_${randomBytes(32).toString('base64url')}`;

/** What the database keeps of a token. */
export const hashInterimToken = (token: string): Buffer => createHash('sha256').update(token).digest();
