import { Injectable } from '@nestjs/common';
import { ClientPolicyCache, LEEWAY, RevocationList } from '#access-tokens';
import type { EndedSessions } from '#contracts';

/** Puts ended sessions on this process' own list before the answer goes out; the bus tells the others. */
@Injectable()
export class GatewayRevocations {
  constructor(
    private readonly list: RevocationList,
    private readonly clients: ClientPolicyCache,
  ) {}

  add(ended: EndedSessions): void {
    const longest = Math.max(3_600, ...this.clients.all().map((c) => c.access_ttl));
    const expiresAt = Date.now() + (longest + 2 * LEEWAY) * 1_000;
    for (const id of ended.session_ids) this.list.add(id, expiresAt);
  }

  /** The same, for callers that answer nothing. */
  async addAll(ended: Promise<EndedSessions>): Promise<void> {
    this.add(await ended);
  }
}
