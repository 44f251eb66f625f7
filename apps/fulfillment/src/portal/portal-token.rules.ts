import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits for a link or a session. */
export const newPortalToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of a token. */
export const portalTokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();
