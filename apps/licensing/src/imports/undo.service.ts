import { Injectable } from '@nestjs/common';
import type { UndoneImport } from '#contracts';
import { Transactions } from '#persistence';
import { LicenseBatches } from '../licenses/license-batches.service.js';
import { ImportsRepository } from './imports.repository.js';

/** What was begun has that long to end, so that the answer is still heard. */
const MARGIN_MS = 20_000;

/**
 * Takes imports back (I6): closes a batch for good, then restores what it has revoked and removes what it has added, a
 * few at a time. What was interrupted, or is more than there is time for, goes on when it is asked for again.
 */
@Injectable()
export class UndoService {
  constructor(
    private readonly tx: Transactions,
    private readonly books: ImportsRepository,
    private readonly licenses: LicenseBatches,
  ) {}

  /**
   * @param deadline until when somebody waits for the answer, in Unix milliseconds
   * @throws Refusal `not_found`
   */
  async undo(id: string, deadline: number): Promise<UndoneImport> {
    await this.books.find(id);
    await this.books.close(id);
    const inTime = (): boolean => Date.now() < deadline - MARGIN_MS;
    const restored = await repeated(() => this.restoreSome(id), inTime);
    if (restored.more) return { removed: 0, restored: restored.done, more: true };
    const removed = await repeated(() => this.removeSome(id), inTime);
    return { removed: removed.done, restored: restored.done, ...(removed.more && { more: true }) };
  }

  private async removeSome(id: string): Promise<Turn> {
    const done = await this.books.removeSome(id);
    return { found: done, done };
  }

  /** Each is looked at once; what somebody else has restored is nothing to do. */
  private restoreSome(id: string): Promise<Turn> {
    return this.tx.run(async () => {
      const revoked = await this.books.takeRevoked(id);
      return { found: revoked.length, done: (await this.licenses.reinstate(revoked)).size };
    });
  }
}

interface Turn {
  found: number;
  done: number;
}

/** Takes turns until there is nothing left, or no time for another one. One is always taken. */
async function repeated(turn: () => Promise<Turn>, inTime: () => boolean): Promise<{ done: number; more: boolean }> {
  let done = 0;
  do {
    const took = await turn();
    done += took.done;
    if (took.found === 0) return { done, more: false };
  } while (inTime());
  return { done, more: true };
}
