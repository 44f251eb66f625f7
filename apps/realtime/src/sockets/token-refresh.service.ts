import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '#access-tokens';
import { Metrics } from '#boot';
import { Refusal } from '#contracts';
import { CLOSE, type Connection } from './connection.js';
import { endOf, Openings, ownerOf } from './openings.service.js';

/** The one thing that a client may say: here is my next token (RT5). Everything else is ignored (RT4). */
@Injectable()
export class TokenRefresh {
  private readonly refreshes;

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly openings: Openings,
    metrics: Metrics,
  ) {
    const name = 'gatehouse_realtime_refreshes_total';
    this.refreshes = metrics.counter(name, 'Tokens that open connections were given, by outcome.', ['outcome']);
  }

  async hear(connection: Connection, text: string): Promise<void> {
    const token = connection.outbox.told ? tokenIn(text) : undefined;
    if (!token) return;
    try {
      const owner = ownerOf(await this.verifier.verifyBearer(token), new URLSearchParams());
      const same = owner.userId === connection.owner.userId && owner.deviceId === connection.owner.deviceId;
      this.refreshes.inc({ outcome: same ? 'accepted' : 'foreign' });
      if (!same) return connection.close(CLOSE.revoked, 'the token is somebody else’s');
      connection.renew(owner);
      connection.outbox.say({ type: 'refreshed', data: { expires_at: endOf(owner) } });
      await this.openings.verifyAgain(connection, token);
    } catch (error) {
      const code = error instanceof Refusal ? error.code : 'unavailable';
      this.refreshes.inc({ outcome: 'refused' });
      connection.outbox.say({ type: 'refresh_failed', data: { code } });
    }
  }
}

function tokenIn(text: string): string | undefined {
  if (!text.includes('refresh')) return undefined;
  try {
    const said = JSON.parse(text) as { type?: unknown; data?: { token?: unknown } } | null;
    const token = said?.type === 'refresh' ? said.data?.token : undefined;
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}
