import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { StartConnectorRequest } from '#contracts';
import { newId } from '#persistence';
import { Vault, type Place, type Use } from '../vault/vault.service.js';
import { ConnectorAttemptsRepository, type ConnectorAttempt } from './connector-attempts.repository.js';

const LIFETIME = 600;

/** What goes to the platform: the state, and what the verifier's challenge is made of. */
export interface Departure {
  state: string;
  verifier: string;
}

/** Somebody who came back. */
export interface Arrival {
  user_id: string;
  return_to: string;
  verifier: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** States of connections: made for one person, kept by the server, good once and for ten minutes. */
@Injectable()
export class ConnectorAttempts {
  constructor(
    private readonly attempts: ConnectorAttemptsRepository,
    private readonly vault: Vault,
  ) {}

  async begin(userId: string, { return_to, browser }: StartConnectorRequest, use: Omit<Use, 'action'>) {
    const [state, verifier] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64url'));
    const attempt = { id: newId(), user_id: userId, return_to };
    const envelope = await this.vault.seal(placeOf(attempt), verifier!, { ...use, action: 'connector.begin' });
    const browser_hash = browser === undefined ? null : digest(browser);
    await this.attempts.add(digest(state!), { ...attempt, envelope, browser_hash }, LIFETIME);
    return { state: state!, verifier: verifier! } satisfies Departure;
  }

  /** @returns nothing for a state that is unknown, used, over, or was begun in another browser */
  async end(state: string, browser: string | undefined, use: Omit<Use, 'action'>): Promise<Arrival | undefined> {
    const attempt = await this.attempts.take(digest(state));
    if (!attempt || !isFrom(attempt, browser)) return undefined;
    const verifier = await this.vault.open(placeOf(attempt), attempt.envelope, { ...use, action: 'connector.end' });
    return { user_id: attempt.user_id, return_to: attempt.return_to, verifier };
  }
}

const isFrom = ({ browser_hash }: ConnectorAttempt, browser = ''): boolean =>
  browser_hash === null || timingSafeEqual(browser_hash, digest(browser));

const placeOf = ({ id, user_id }: Pick<ConnectorAttempt, 'id' | 'user_id'>): Place => ({
  ownerType: 'user',
  ownerId: user_id,
  purpose: 'connectors',
  recordType: 'connector_attempt',
  recordId: id,
  field: 'code_verifier',
  version: 1,
});
