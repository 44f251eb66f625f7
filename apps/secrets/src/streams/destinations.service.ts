import { createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CompactEncrypt } from 'jose';
import { Forbidden, ValidationFailed, type Call, type LookUpStreamsRequest, type StreamDestination } from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { SecretsConfig } from '../secrets.config.js';
import { StreamKeys } from './stream-keys.service.js';
import { StreamsRepository, type StreamRow } from './streams.repository.js';

/** The one caller that plain keys are handed to, whatever the lists of others say. */
const BROADCASTER = 'broadcaster';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Destinations with their keys, for the broadcaster. */
@Injectable()
export class Destinations {
  private readonly broadcasterKey?: KeyObject;

  constructor(
    config: SecretsConfig,
    private readonly streams: StreamsRepository,
    private readonly keys: StreamKeys,
  ) {
    const x = config.broadcasterPublicKey;
    if (x) this.broadcasterKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
  }

  /** @throws Refusal `forbidden`, `validation_failed`, `integrity`, `gone`, `sealed`, `unavailable` */
  async lookUp({ user_id, ids, previous = false }: LookUpStreamsRequest, call: Call): Promise<StreamDestination[]> {
    if (call.actor?.kind !== 'caller' || call.actor.caller !== BROADCASTER) {
      throw Forbidden.with('Only the broadcaster may look up stream keys.');
    }
    const found = await this.streams.enabledOf(user_id, ids === undefined ? undefined : idsOf(ids));
    const keys = await this.keys.openAll(found, { action: 'stream.look_up', ...callerOf(call) }, previous);
    // One that was deleted meanwhile has none.
    return Promise.all(
      found.flatMap((stream) => {
        const own = keys.get(stream.id);
        return own ? [this.destination(stream, own)] : [];
      }),
    );
  }

  private async destination(
    { id, platform, rtmp_url }: StreamRow,
    keys: readonly string[],
  ): Promise<StreamDestination> {
    const [stream_key, before] = await Promise.all(keys.map((key) => this.wrap(key)));
    const also = before === undefined ? {} : { previous_stream_key: before };
    return { id, platform, rtmp_url, stream_key: stream_key!, ...also };
  }

  /** Sealed so that nobody on the way can read it, when the broadcaster has given its key. */
  private async wrap(key: string): Promise<string> {
    if (!this.broadcasterKey) return key;
    return new CompactEncrypt(Buffer.from(key, 'utf8'))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
      .encrypt(this.broadcasterKey);
  }
}

function idsOf(list: string): string[] {
  const ids = list.split(',').filter((id) => id !== '');
  if (ids.every((id) => UUID.test(id))) return ids;
  const detail = 'ids must be ids of streams, separated by commas.';
  throw ValidationFailed.with({ detail, errors: [{ field: 'ids', code: 'invalid_id', detail }] });
}
