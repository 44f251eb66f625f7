import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '#access-tokens';
import { Shutdown } from '#boot';
import { InvalidToken, Unauthenticated, Unavailable } from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { tokenOf } from './upgrade.rules.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** The realtime app is never silent for more than 60 seconds. */
const SILENCE_MS = 90_000;

/**
 * Ends a connection on which nothing moves: its other side is gone, or takes nothing any more. What stands behind it may
 * have ended long ago; who waits for room does not hear of that (RT22).
 */
export const endWhenSilent = (socket: Socket): Socket => socket.setTimeout(SILENCE_MS, () => socket.destroy());

/** Whoever does not get through comes back at another moment than the others who did not (RT32). */
export const away = (): Error => Unavailable.with({ retry_after: 1 + Math.random() * 4 });

/** What a client is told that the realtime app has refused: of its token, or when to come back. */
export function refusalOf({ statusCode, headers }: IncomingMessage): Error {
  if (statusCode === 401) return InvalidToken.with();
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? Unavailable.with({ retry_after: seconds }) : away();
}

/** The realtime app behind the gateway: who gets there, and on which connection. */
@Injectable()
export class RealtimeUpstream {
  private readonly url: URL;

  constructor(
    config: GatewayConfig,
    private readonly verifier: AccessTokenVerifier,
    private readonly shutdown: Shutdown,
  ) {
    this.url = new URL(config.realtimeUrl);
  }

  get host(): string {
    return this.url.host;
  }

  /** Whether the gateway is stopping: whoever opens behind the last goodbye would be cut off without one. */
  get isStopping(): boolean {
    return this.shutdown.begun;
  }

  /** @throws Refusal `unavailable` once the gateway is stopping; who comes back finds another */
  assertOpen(): void {
    if (this.isStopping) throw away();
  }

  /**
   * @returns the token of a person or a device that is good
   * @throws Refusal `unauthenticated`, `invalid_token`
   */
  async authenticate(headers: IncomingHttpHeaders, query: URLSearchParams): Promise<string> {
    const token = tokenOf(headers, query);
    if (!token) throw Unauthenticated.with();
    await this.verifier.verifyBearer(token);
    return token;
  }

  /** A request on a connection of its own, that fails when there is no answer in time. The caller ends it. */
  request(path: string, headers: OutgoingHttpHeaders): ClientRequest {
    const { hostname, port } = this.url;
    const asking = httpRequest({
      agent: false,
      // A URL writes an IPv6 address in brackets, a socket takes it without.
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port || 80,
      path,
      headers,
      timeout: CONNECT_TIMEOUT_MS,
    });
    return asking.once('timeout', () => asking.destroy());
  }
}
