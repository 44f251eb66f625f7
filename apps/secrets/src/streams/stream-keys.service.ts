import { Injectable } from '@nestjs/common';
import { NotFound, StreamKeyReplaced } from '#contracts';
import { Transactions } from '#persistence';
import { Vault, type Place, type Use } from '../vault/vault.service.js';
import { StreamKeysRepository, type KeyedStream, type SealedStreamKey } from './stream-keys.repository.js';
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

  /** The key as it is now. @throws Refusal `not_found` when it is gone; `integrity`, `gone`, `sealed`, `unavailable` */
  async current(stream: StreamRow, use: Use): Promise<string> {
    const keys = (await this.openAll([stream], use, false)).get(stream.id);
    if (!keys) throw NotFound.with();
    return keys[0]!;
  }

  /**
   * The keys of streams by id: the present one, and after it the one before if its time of grace lasts. They are those
   * of this moment, whatever was replaced or deleted since the streams were read.
   * @throws Refusal `integrity`, `gone`, `sealed`, `unavailable`
   */
  async openAll(streams: readonly StreamRow[], use: Use, previous: boolean): Promise<Map<string, string[]>> {
    const stored = await this.keys.of(streams.map((s) => s.id));
    const opened = streams.flatMap((stream) => {
      const own = stored.filter((key) => key.stream_id === stream.id);
      return own.length ? [this.openOwn(stream, own, use, previous)] : [];
    });
    return new Map(await Promise.all(opened));
  }

  /** Puts another key in the place of the present one. @throws Refusal `stream_key_replaced` when another came first */
  async replace(stream: StreamRow, key: string, graceSeconds: number, use: Use): Promise<StreamRow> {
    const version = stream.key_version + 1;
    const envelope = await this.seal(stream, version, key, use);
    return this.tx.run(async () => {
      const row = await this.streams.nextVersion(stream, previewOf(key));
      // To take its turn after the other would end the key that a broadcast runs with.
      if (!row) throw StreamKeyReplaced.with();
      await this.keys.end(stream.id, stream.key_version, graceSeconds);
      await this.keys.add({ stream_id: stream.id, version, envelope });
      return row;
    });
  }

  private async openOwn(
    stream: StreamRow,
    own: readonly KeyedStream[],
    use: Use,
    previous: boolean,
  ): Promise<[id: string, keys: string[]]> {
    const { key_version } = own[0]!;
    // Of a record without its present version nothing may take the place.
    const present = versionOf(own, key_version) ?? missing(stream, key_version);
    const before = previous ? versionOf(own, key_version - 1) : undefined;
    const wanted = before ? [present, before] : [present];
    return [stream.id, await Promise.all(wanted.map((key) => this.open(stream, key, use)))];
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

const versionOf = (keys: readonly KeyedStream[], wanted: number): SealedStreamKey | undefined =>
  keys.find((key): key is KeyedStream & SealedStreamKey => key.version === wanted && key.envelope !== null);

/** What is not there opens as little as what was changed. */
const missing = ({ id }: StreamRow, version: number): SealedStreamKey => ({
  stream_id: id,
  version,
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
