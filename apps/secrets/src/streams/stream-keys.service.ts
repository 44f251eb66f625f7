import { Injectable } from '@nestjs/common';
import { Unavailable } from '#contracts';
import { Transactions } from '#persistence';
import { Vault, type Place, type Use } from '../vault/vault.service.js';
import { StreamKeysRepository, type SealedStreamKey } from './stream-keys.repository.js';
import { StreamsRepository, type StreamRow } from './streams.repository.js';
import { previewOf } from '../vault/preview.rules.js';

/** The keys of streams: sealed in their rows, opened for those who may. */
@Injectable()
export class StreamKeys {
  constructor(
    private readonly vault: Vault,
    private readonly keys: StreamKeysRepository,
    private readonly streams: StreamsRepository,
    private readonly tx: Transactions,
  ) {}

  seal(stream: Pick<StreamRow, 'id' | 'user_id'>, version: number, key: string, use: Use): Promise<Buffer> {
    return this.vault.seal(placeOf(stream, version), key, use);
  }

  /** The key as it is now. @throws Refusal `integrity`, `gone`, `sealed`, `unavailable` */
  async current(stream: StreamRow, use: Use): Promise<string> {
    return (await this.openAll([stream], use, false)).get(stream.id)![0]!;
  }

  /**
   * The keys of streams by id: the present one, and after it the one before if its time of grace lasts.
   * @throws Refusal `integrity`, `gone`, `sealed`, `unavailable`
   */
  async openAll(streams: readonly StreamRow[], use: Use, previous: boolean): Promise<Map<string, string[]>> {
    const stored = await this.keys.of(streams.map((s) => s.id));
    const opened = streams.map(async (stream) => {
      const own = stored.filter((key) => key.stream_id === stream.id);
      // Of a record without its present version nothing may take the place.
      const present = own.find((key) => key.version === stream.key_version) ?? missing(stream);
      const before = own.find((key) => key.version === stream.key_version - 1);
      const wanted = previous && before ? [present, before] : [present];
      return [stream.id, await Promise.all(wanted.map((key) => this.open(stream, key, use)))] as const;
    });
    return new Map(await Promise.all(opened));
  }

  /** Puts another key in the place of the present one. @throws Refusal `unavailable` when another came first */
  async replace(stream: StreamRow, key: string, graceSeconds: number, use: Use): Promise<StreamRow> {
    const version = stream.key_version + 1;
    const envelope = await this.seal(stream, version, key, use);
    return this.tx.run(async () => {
      const row = await this.streams.nextVersion(stream, previewOf(key));
      if (!row) throw Unavailable.with({ detail: 'The key was replaced by another request.', retry_after: 1 });
      await this.keys.end(stream.id, stream.key_version, graceSeconds);
      await this.keys.add({ stream_id: stream.id, version, envelope });
      return row;
    });
  }

  private async open(stream: StreamRow, stored: SealedStreamKey, use: Use): Promise<string> {
    const place = placeOf(stream, stored.version);
    const { plaintext, stale } = await this.vault.read(place, stored.envelope, use);
    if (stale) {
      const anew = await this.vault.seal(place, plaintext, { ...use, action: 'stream.reseal' });
      await this.keys.reseal(stored, anew);
    }
    return plaintext;
  }
}

/** What is not there opens as little as what was changed. */
const missing = ({ id, key_version }: StreamRow): SealedStreamKey => ({
  stream_id: id,
  version: key_version,
  envelope: Buffer.alloc(0),
});

const placeOf = ({ id, user_id }: Pick<StreamRow, 'id' | 'user_id'>, version: number): Place => ({
  ownerType: 'user',
  ownerId: user_id,
  purpose: 'streams',
  recordType: 'stream',
  recordId: id,
  field: 'stream_key',
  version,
});
