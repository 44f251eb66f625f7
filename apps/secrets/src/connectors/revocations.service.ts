import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { IntegrityFailed, Refusal } from '#contracts';
import { ChatSourceConfigs } from '../chat-sources/chat-source-configs.service.js';
import type { ChatSourceRow } from '../chat-sources/chat-sources.repository.js';
import { Vault, type Place, type Use } from '../vault/vault.service.js';
import { RevocationsRepository, type DueRevocation, type Revocation } from './revocations.repository.js';
import { Youtube } from './youtube.js';

const BATCH = 20;
/** About two days. */
const MOST_TRIES = 55;
const SELF = { caller: 'secrets' };

/** Takes leave back at the platforms, for channels that are not connected any more. */
@Injectable()
export class Revocations {
  constructor(
    private readonly vault: Vault,
    private readonly configs: ChatSourceConfigs,
    private readonly stored: RevocationsRepository,
    private readonly youtube: Youtube,
    private readonly log: Log,
  ) {}

  /** The source's token, sealed for the service itself: its person's key may be gone when it is revoked. */
  async prepare(source: ChatSourceRow, use: Omit<Use, 'action'>): Promise<Revocation | undefined> {
    const token = await this.tokenOf(source, use);
    if (!token) return undefined;
    const envelope = await this.vault.seal(placeOf(source.id), token, { ...use, action: 'connector.revoke.seal' });
    return { id: source.id, envelope };
  }

  enqueue(revocation: Revocation): Promise<void> {
    return this.stored.add(revocation);
  }

  /** Revokes what is due. @returns how many there were */
  async work(): Promise<number> {
    const due = await this.stored.claimDue(BATCH);
    await Promise.all(due.map((each) => this.revoke(each)));
    return due.length;
  }

  /** What cannot be read any more cannot be revoked, and is not in the way of its deletion. */
  private async tokenOf(source: ChatSourceRow, use: Omit<Use, 'action'>): Promise<string | undefined> {
    try {
      const { refresh_token } = await this.configs.open(source, { ...use, action: 'connector.revoke' });
      return typeof refresh_token === 'string' ? refresh_token : undefined;
    } catch (error) {
      if (error instanceof Refusal && (error.is(IntegrityFailed) || error.kind === 'gone')) return undefined;
      throw error;
    }
  }

  private async revoke({ id, envelope, tries }: DueRevocation): Promise<void> {
    try {
      const token = await this.vault.open(placeOf(id), envelope, { ...SELF, action: 'connector.revoke' });
      await this.youtube.revoke(token);
      await this.stored.delete(id);
    } catch (error) {
      this.log.warn('tokens could not be revoked at the platform', { chat_source: id, tries, error });
      if (tries >= MOST_TRIES) await this.stored.delete(id);
    }
  }
}

const placeOf = (id: string): Place => ({
  ownerType: 'gatehouse',
  ownerId: 'connectors',
  purpose: 'revocations',
  recordType: 'connector_revocation',
  recordId: id,
  field: 'refresh_token',
  version: 1,
});
