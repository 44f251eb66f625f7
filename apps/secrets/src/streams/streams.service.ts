import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  NotFound,
  RedeemGrant,
  TooManyStreams,
  type Call,
  type CreateStreamRequest,
  type ReplaceStreamKeyRequest,
  type RevealStreamKeyRequest,
  type Stream,
  type UpdateStreamRequest,
} from '#contracts';
import { newId } from '#persistence';
import { callerOf } from '../audit/caller-of.js';
import { personOf } from '../vault/person-of.js';
import { previewOf } from '../vault/preview.rules.js';
import { StreamKeys } from './stream-keys.service.js';
import { StreamsRepository, type StreamRow } from './streams.repository.js';

const MOST = 100;
const GRACE_SECONDS = 86_400;

/** A person's own destinations. */
@Injectable()
export class Streams {
  constructor(
    private readonly streams: StreamsRepository,
    private readonly keys: StreamKeys,
    private readonly bus: Bus,
  ) {}

  /** @throws Refusal `too_many_streams`, `gone`, `sealed`, `unavailable` */
  async create({ stream_key, label, platform, rtmp_url = null }: CreateStreamRequest, call: Call): Promise<Stream> {
    const { user_id } = personOf(call);
    const stream = { id: newId(), user_id, label, platform, rtmp_url, key_preview: previewOf(stream_key) };
    const envelope = await this.keys.seal(stream, 1, stream_key, { action: 'stream.seal', ...callerOf(call) });
    const row = await this.streams.add(stream, envelope, MOST);
    if (!row) throw TooManyStreams.with(`An account has at most ${MOST} streams; delete one that you do not need.`);
    return viewOf(row);
  }

  async list(call: Call): Promise<Stream[]> {
    return (await this.streams.listOf(personOf(call).user_id)).map(viewOf);
  }

  /** @throws Refusal `not_found` */
  async update({ stream_id, label, enabled }: UpdateStreamRequest, call: Call): Promise<Stream> {
    const row = await this.streams.update(personOf(call).user_id, stream_id, { label, enabled });
    if (!row) throw NotFound.with();
    return viewOf(row);
  }

  /** @throws Refusal `not_found` */
  async delete(streamId: string, call: Call): Promise<void> {
    if (!(await this.streams.delete(personOf(call).user_id, streamId))) throw NotFound.with();
  }

  /** @throws Refusal `not_found`, `stream_key_replaced`, `gone`, `sealed`, `unavailable` */
  async replaceKey(request: ReplaceStreamKeyRequest, call: Call): Promise<Stream> {
    const { stream_id, stream_key, grace_seconds = GRACE_SECONDS } = request;
    const stream = await this.find(stream_id, call);
    const use = { action: 'stream.seal', ...callerOf(call) };
    return viewOf(await this.keys.replace(stream, stream_key, grace_seconds, use));
  }

  /** @throws Refusal `not_found`, `grant_invalid`, `integrity`, `gone`, `sealed`, `unavailable` */
  async reveal({ stream_id, grant }: RevealStreamKeyRequest, call: Call): Promise<string> {
    const stream = await this.find(stream_id, call);
    await this.bus.send(RedeemGrant, { grant, action: 'stream.reveal', record: stream_id }, { actor: call.actor });
    return this.keys.current(stream, { action: 'stream.reveal', ...callerOf(call) });
  }

  private async find(streamId: string, call: Call): Promise<StreamRow> {
    const found = await this.streams.find(personOf(call).user_id, streamId);
    if (!found) throw NotFound.with();
    return found;
  }
}

const viewOf = (row: StreamRow): Stream => ({
  id: row.id,
  label: row.label,
  platform: row.platform,
  rtmp_url: row.rtmp_url,
  stream_key_preview: row.key_preview,
  enabled: row.enabled,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
