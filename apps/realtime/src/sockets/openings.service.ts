import type { Writable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier, type VerifiedToken } from '#access-tokens';
import { Refusal } from '#contracts';
import type { Missed } from '../fanout/attachment.js';
import type { Wire } from '../fanout/entry.js';
import { Resumption } from '../fanout/resumption.service.js';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE, Connection, type ConnectionOwner, type Transport } from './connection.js';
import { Connections } from './connections.js';
import { Outboxes, type WayOut } from './outboxes.service.js';
import { Turns } from './turns.js';

/** What somebody who wants a connection asks for. */
export interface Asked {
  bearer: string;
  query: URLSearchParams;
  since?: string;
  wire: Wire;
  /** Whether it wants to hear more than plain events. */
  told: boolean;
}

/** A connection that is joined to its channels and has sent nothing yet. */
export interface Opening extends WayOut {
  asked: Asked;
  owner: ConnectionOwner;
  missed?: Missed;
  tooSlow: () => void;
}

/**
 * Openings that are worked on at a time; the others wait. All at once would all be late: after a restart, when everybody
 * comes back, each would be ready when its client has given up and has asked anew.
 */
const WORKED_ON = 16;

/** Opens connections of either kind: the token, the channels, what was missed, and the first frame. */
@Injectable()
export class Openings {
  private underWay = 0;
  private readonly turns = new Turns(WORKED_ON);

  constructor(
    private readonly config: RealtimeConfig,
    private readonly verifier: AccessTokenVerifier,
    private readonly resumption: Resumption,
    private readonly outboxes: Outboxes,
    private readonly connections: Connections,
  ) {}

  /** Whether more are opening than is good for those that are open. */
  get crowded(): boolean {
    return this.underWay >= this.config.openingsAtOnce;
  }

  /**
   * Joins whoever has a good token to their channels: nothing that is published from now on is missed.
   * @returns nothing for a client that is gone when its turn comes
   * @throws Refusal of the token; another error while the broker does not answer
   */
  async prepare(asked: Asked, socket: Writable): Promise<Opening | undefined> {
    this.underWay += 1;
    try {
      return await this.turns.run(async () => (socket.destroyed ? undefined : this.lookAt(asked, socket)));
    } finally {
      this.underWay -= 1;
    }
  }

  /** The client is there: it gets its first frames. */
  start(opening: Opening, transport: Transport): Connection {
    const { owner, outbox, attachment } = opening;
    const connection = new Connection(owner, outbox, transport);
    opening.tooSlow = () => connection.close(CLOSE.tooSlow, 'too slow');
    this.connections.add(connection);
    const hello = { heartbeat_seconds: this.config.heartbeatSeconds, expires_at: endOf(owner) };
    attachment.start(outbox, hello, opening.missed);
    void this.verifyAgain(connection, opening.asked.bearer);
    return connection;
  }

  /** The connection has ended, or never began. */
  end({ attachment, outbox }: Opening, connection?: Connection, code = 1006): void {
    attachment.leave(outbox);
    if (connection) this.connections.remove(connection, code);
  }

  /**
   * A revocation between the first look and the registration would otherwise find no connection to close. Where the
   * bus cannot tell right now, whoever listens for revocations hears them afterwards.
   */
  async verifyAgain(connection: Connection, bearer: string): Promise<void> {
    try {
      await this.verifier.verifyBearer(bearer);
    } catch (error) {
      if (isRefusedToken(error)) connection.close(CLOSE.revoked, 'session revoked');
    }
  }

  private async lookAt(asked: Asked, socket: Writable): Promise<Opening> {
    const owner = ownerOf(await this.verifier.verifyBearer(asked.bearer), asked.query);
    const way = this.outboxes.make(socket, { ...asked, userId: owner.userId }, () => opening.tooSlow());
    const opening: Opening = { asked, owner, ...way, tooSlow: () => undefined };
    way.outbox.hold();
    await this.resumption.join(way.attachment, way.outbox, owner.agent);
    if (asked.since) opening.missed = await this.resumption.missed(way.attachment, asked.since);
    return opening;
  }
}

/** Whether a token was refused, and not merely not looked at. */
export const isRefusedToken = (error: unknown): boolean =>
  error instanceof Refusal && (error.kind === 'unauthenticated' || error.kind === 'forbidden');

/** When the token of a connection ends, for clients. */
export const endOf = (owner: ConnectionOwner): string => new Date(owner.expiresAt * 1_000).toISOString();

/** Whose connection a token opens. */
export function ownerOf(token: VerifiedToken, query: URLSearchParams): ConnectionOwner {
  return {
    userId: token.sub,
    sessionId: token.sid,
    tokenId: token.jti,
    deviceId: token.device_id,
    expiresAt: token.exp,
    // A paired device is there to act for its person.
    agent: token.device_id !== undefined || query.get('as') === 'agent',
  };
}
