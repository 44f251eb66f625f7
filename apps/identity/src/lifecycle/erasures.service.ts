import { Injectable } from '@nestjs/common';
import {
  ErasureCompleted,
  ERASING_APPS,
  NotFound,
  UserErased,
  type Erasure,
  type ErasureList,
  type ErasureSubject,
  type ListErasuresRequest,
} from '#contracts';
import { Outbox } from '#persistence';
import { ErasuresRepository, type OpenErasure, type ErasureRow } from './erasures.repository.js';
import { PersonalTablesRepository } from './personal-tables.repository.js';

/**
 * Erases people. First everything that identity holds but the address, while the services are told; the address goes
 * when the last of them has acknowledged, so that nobody can register it while something of its old owner is left.
 */
@Injectable()
export class Erasures {
  constructor(
    private readonly erasures: ErasuresRepository,
    private readonly tables: PersonalTablesRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Those that are to begin. One whose account staff has opened again is none of them. */
  async due(): Promise<string[]> {
    await this.erasures.dropReopened();
    return this.erasures.due();
  }

  /** Those that were told before and wait for an answer. */
  unanswered(toldBefore: Date): Promise<string[]> {
    return this.erasures.unanswered(toldBefore);
  }

  /** Begins one that is due, in the open transaction; nothing when somebody else does. */
  async begin(erasureId: string): Promise<void> {
    const begun = await this.erasures.begin(erasureId);
    if (!begun) return;
    await this.tables.erase(begun.user_id);
    await this.tell(begun);
  }

  /** Tells once more about one that waits for an answer. */
  async tellAgain(erasureId: string, toldBefore: Date): Promise<void> {
    const open = await this.erasures.tellAgain(erasureId, toldBefore);
    if (open) await this.tell(open);
  }

  /** A service holds nothing any more; the last one completes it. Again is no harm. */
  async acknowledge(erasureId: string, app: string): Promise<void> {
    const open = await this.erasures.acknowledge(erasureId, app);
    if (!open || waitingFor(open).length) return;
    await this.tables.eraseAddress(open.user_id);
    await this.erasures.complete(open.id);
    await this.outbox.append(ErasureCompleted, { erasure_id: open.id, user_id: open.user_id }, { key: open.user_id });
  }

  /** @throws Refusal `not_found` once it is completed, or before it has begun */
  async subjectOf(erasureId: string): Promise<ErasureSubject> {
    const open = await this.erasures.findOpen(erasureId);
    if (!open) throw NotFound.with();
    return { user_id: open.user_id, email: await this.tables.provenAddress(open.user_id) };
  }

  async list({ state, after }: ListErasuresRequest): Promise<ErasureList> {
    return { erasures: (await this.erasures.page(state, after)).map(viewOf) };
  }

  private tell({ id, user_id }: OpenErasure): Promise<void> {
    return this.outbox.append(UserErased, { erasure_id: id, user_id }, { key: user_id });
  }
}

const waitingFor = ({ acknowledged }: ErasureRow): string[] =>
  ERASING_APPS.filter((app) => !acknowledged.includes(app));

const viewOf = (row: ErasureRow): Erasure => ({
  id: row.id,
  user_id: row.user_id,
  state: row.state,
  requested_at: row.requested_at.toISOString(),
  due_at: row.due_at.toISOString(),
  acknowledged: row.acknowledged,
  waiting_for: row.state === 'erased' ? [] : waitingFor(row),
  told: row.told,
  erased_at: row.erased_at?.toISOString() ?? null,
});
