import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { ProviderName } from '#contracts';
import type { Attempt } from './provider.js';

export const ATTEMPT_LIFE_MS = 10 * 60_000;

/** 256 bits: what a browser carries to the provider and back. */
export const newState = (): string => randomBytes(32).toString('base64url');

/** What is kept of a state and of a browser’s secret. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * An attempt whole, from its state: nonce and verifier follow from it and a key of ours, so that they are kept nowhere.
 * @param publicUrl our own address, never one from a request
 */
export function attemptOf(state: string, provider: ProviderName, key: Buffer, publicUrl: string): Attempt {
  const derived = (what: string): string =>
    createHmac('sha256', key).update(`provider attempt ${what}\0${provider}\0${state}`).digest('base64url');
  return {
    state,
    nonce: derived('nonce'),
    verifier: derived('verifier'),
    redirect_uri: `${publicUrl}/v1/auth/${provider}/callback`,
  };
}
