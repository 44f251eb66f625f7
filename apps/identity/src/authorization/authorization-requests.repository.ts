import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { AuthorizationRequest } from './authorization-request.rules.js';
import { newSecret } from './code.rules.js';

/** Time for signing in, a second factor and making up one's mind. */
const LIFE_MS = 30 * 60_000;

/** A request that waits for its person. */
export interface OpenRequest {
  id: string;
  request: AuthorizationRequest;
  asked_at: Date;
}

/** Requests of applications that wait for a person to sign in or to decide: table `authorization_requests`. */
@Injectable()
export class AuthorizationRequestsRepository {
  constructor(private readonly tx: Transactions) {}

  async open(request: AuthorizationRequest, askedAt: Date): Promise<OpenRequest> {
    const id = newSecret();
    await this.tx.query(
      `INSERT INTO authorization_requests (id, client_id, request, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
      [id, request.client_id, JSON.stringify(request), askedAt, new Date(askedAt.getTime() + LIFE_MS)],
    );
    return { id, request, asked_at: askedAt };
  }

  async find(id: string): Promise<OpenRequest | undefined> {
    const [row] = await this.tx.query<OpenRequest>(
      'SELECT id, request, asked_at FROM authorization_requests WHERE id = $1 AND expires_at > now()',
      [id],
    );
    return row;
  }

  /** Ends a request. @returns whether this was the call that did it: of any number at once, one is */
  async consume(id: string): Promise<boolean> {
    const rows = await this.tx.query('DELETE FROM authorization_requests WHERE id = $1 RETURNING id', [id]);
    return rows.length > 0;
  }
}
