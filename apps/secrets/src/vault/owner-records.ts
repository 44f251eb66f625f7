import { Injectable } from '@nestjs/common';
import { DataKeysRepository } from '../kek/data-keys.repository.js';
import { StreamsRepository } from '../streams/streams.repository.js';

/** Everything that is kept here for a person. */
@Injectable()
export class OwnerRecords {
  constructor(
    private readonly keys: DataKeysRepository,
    private readonly streams: StreamsRepository,
  ) {}

  /** Within a transaction; from then on there are no keys for that person, and none will be made. */
  async erase(userId: string): Promise<void> {
    await this.keys.lockOwner('user', userId);
    await this.keys.erase('user', userId);
    await this.streams.deleteAllOf(userId);
  }
}
