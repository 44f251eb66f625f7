import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

export interface SealedStreamKey {
  stream_id: string;
  version: number;
  envelope: Buffer;
}

/** A stream as it is now, with one of its keys; none when it has no key that can be looked up. */
export interface KeyedStream {
  stream_id: string;
  /** Version of the present key. */
  key_version: number;
  version: number | null;
  envelope: Buffer | null;
}

/** Table `stream_keys`: every version of a key that can be looked up. */
@Injectable()
export class StreamKeysRepository {
  constructor(private readonly tx: Transactions) {}

  /** The keys of these streams, versions before while their time of grace lasts: all of one and the same moment. */
  of(streamIds: readonly string[]): Promise<KeyedStream[]> {
    return this.tx.query<KeyedStream & { [column: string]: unknown }>(
      `SELECT s.id AS stream_id, s.key_version, k.version, k.envelope
       FROM streams s LEFT JOIN stream_keys k ON k.stream_id = s.id AND (k.ends_at IS NULL OR k.ends_at > now())
       WHERE s.id = ANY ($1::uuid[])`,
      [streamIds],
    );
  }

  async add({ stream_id, version, envelope }: SealedStreamKey): Promise<void> {
    await this.tx.query('INSERT INTO stream_keys (stream_id, version, envelope) VALUES ($1, $2, $3)', [
      stream_id,
      version,
      envelope,
    ]);
  }

  /** Lets the version before end after its time of grace; what was before that is gone. */
  async end(streamId: string, version: number, graceSeconds: number): Promise<void> {
    await this.tx.query(
      `WITH older AS (DELETE FROM stream_keys WHERE stream_id = $1 AND version < $2)
       UPDATE stream_keys SET ends_at = now() + make_interval(secs => $3) WHERE stream_id = $1 AND version = $2`,
      [streamId, version, graceSeconds],
    );
  }

  /** The same value, sealed anew; nothing when it was replaced meanwhile. */
  async reseal({ stream_id, version, envelope }: SealedStreamKey, anew: Buffer): Promise<void> {
    await this.tx.query(
      'UPDATE stream_keys SET envelope = $4 WHERE stream_id = $1 AND version = $2 AND envelope = $3',
      [stream_id, version, envelope, anew],
    );
  }

  /** Deletes what has come to its end. */
  async deleteEnded(): Promise<void> {
    await this.tx.query('DELETE FROM stream_keys WHERE ends_at <= now()');
  }
}
