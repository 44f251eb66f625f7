import { Controller, Injectable } from '@nestjs/common';
import { Bus, Watches, type EventMeta } from '#bus';
import { ListRevocations, SessionsRevoked, Unavailable, type SessionsRevokedData } from '#contracts';

type Listener = (ids: string[], at?: Date) => void;

/**
 * Sessions (`sid`) and tokens (`jti`) whose access tokens are refused though they have not expired.
 * Fed by the bus as things happen and read whole at start and after an outage, so that nothing is missed. From the loss of
 * the bus until it was read again nobody knows what has ended meanwhile: then no token is taken at all (R-JW9).
 */
@Injectable()
export class RevocationList {
  private readonly entries = new Map<string, number>();
  private readonly listeners = new Set<Listener>();
  private complete = false;
  private losses = 0;

  constructor(private readonly bus: Bus) {}

  /** Refuses `id` until `expiresAt` (Unix milliseconds). */
  add(id: string, expiresAt: number): void {
    this.addAll([[id, expiresAt]]);
  }

  /**
   * Many at once: who listens looks through all sockets for them, once.
   * @param at when they were revoked, where that is known
   */
  addAll(revoked: readonly (readonly [id: string, expiresAt: number])[], at?: Date): void {
    const fresh = revoked.filter(([id]) => !this.entries.has(id)).map(([id]) => id);
    for (const [id, expiresAt] of revoked) this.entries.set(id, Math.max(expiresAt, this.entries.get(id) ?? 0));
    if (fresh.length) for (const tell of this.listeners) tell(fresh, at);
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.entries.has(id);
  }

  /** Calls `listener` with the ids of each new revocation, e.g. to close their sockets. */
  onRevoked(listener: Listener): void {
    this.listeners.add(listener);
  }

  /** @throws Refusal `unavailable` while something may be missing */
  assertComplete(): void {
    if (this.complete) return;
    throw Unavailable.with({ detail: 'Which sessions have ended is being read again.', retry_after: 1 });
  }

  /** From now on something may be missing. */
  doubt(): void {
    this.complete = false;
    this.losses++;
  }

  async reload(): Promise<void> {
    const { losses } = this;
    const { revocations } = await this.bus.send(ListRevocations, {});
    this.addAll(revocations.map((r) => [r.id, Date.parse(r.expires_at)] as const));
    this.forgetExpired();
    if (losses === this.losses) this.complete = true;
  }

  forgetExpired(now = Date.now()): void {
    for (const [id, expiresAt] of this.entries) if (expiresAt < now) this.entries.delete(id);
  }
}

@Controller()
export class RevocationListController {
  constructor(private readonly revocations: RevocationList) {}

  @Watches(SessionsRevoked)
  revoked(data: SessionsRevokedData, { at }: EventMeta): void {
    const expiresAt = Date.parse(data.expires_at);
    this.revocations.addAll(
      data.session_ids.map((id) => [id, expiresAt] as const),
      at,
    );
  }
}
