import { Injectable } from '@nestjs/common';
import { DataKeysRepository } from '../kek/data-keys.repository.js';
import { ChatSourcesRepository } from '../chat-sources/chat-sources.repository.js';
import { AccountClosuresRepository } from '../closures/account-closures.repository.js';
import { Revocations } from '../connectors/revocations.service.js';
import { StreamsRepository } from '../streams/streams.repository.js';
import type { Use } from './vault.service.js';

/** Everything that is kept here for a person. */
@Injectable()
export class OwnerRecords {
  constructor(
    private readonly keys: DataKeysRepository,
    private readonly streams: StreamsRepository,
    private readonly chatSources: ChatSourcesRepository,
    private readonly revocations: Revocations,
    private readonly closures: AccountClosuresRepository,
  ) {}

  /** Within a transaction; from then on there are no keys for that person, and none will be made. */
  async erase(userId: string, use: Omit<Use, 'action'>): Promise<void> {
    // Platforms are asked later, by tokens that have to be read while there is a key.
    for (const source of await this.chatSources.connectedOf(userId)) {
      const revocation = await this.revocations.prepare(source, use);
      if (revocation) await this.revocations.enqueue(revocation);
    }
    await this.keys.lockOwner('user', userId);
    await this.keys.erase('user', userId);
    await this.streams.deleteAllOf(userId);
    await this.chatSources.deleteAllOf(userId);
    await this.closures.deleteAllOf(userId);
  }
}
