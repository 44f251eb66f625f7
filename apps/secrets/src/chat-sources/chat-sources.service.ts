import { Injectable } from '@nestjs/common';
import { NotFound, TooManyChatSources, type Call, type ChatSource, type CreateChatSourceRequest } from '#contracts';
import { newId, Transactions } from '#persistence';
import { callerOf } from '../audit/caller-of.js';
import { Revocations } from '../connectors/revocations.service.js';
import { personOf } from '../vault/person-of.js';
import { readConfig } from './chat-config.rules.js';
import { ChatSourceConfigs } from './chat-source-configs.service.js';
import { ChatSourcesRepository, type ChatSourceRow } from './chat-sources.repository.js';

export const MOST_CHAT_SOURCES = 50;

/** A person's own chat sources. */
@Injectable()
export class ChatSources {
  constructor(
    private readonly sources: ChatSourcesRepository,
    private readonly configs: ChatSourceConfigs,
    private readonly revocations: Revocations,
    private readonly tx: Transactions,
  ) {}

  /** @throws Refusal `validation_failed`, `too_many_chat_sources`, `gone`, `sealed`, `unavailable` */
  async create({ platform, label = null, config }: CreateChatSourceRequest, call: Call): Promise<ChatSource> {
    const kept = readConfig(config);
    const source = { id: newId(), user_id: personOf(call).user_id };
    const sealed = await this.configs.seal(source, 1, kept, { action: 'chat_source.seal', ...callerOf(call) });
    const row = await this.sources.add(
      { ...source, platform, label, ...sealed, account: null },
      null,
      MOST_CHAT_SOURCES,
    );
    if (!row) throw TooManyChatSources.with(`An account has at most ${MOST_CHAT_SOURCES}; delete one first.`);
    return viewOf(row);
  }

  async list(call: Call): Promise<ChatSource[]> {
    return (await this.sources.listOf(personOf(call).user_id)).map(viewOf);
  }

  /** Tokens of a connected one are revoked soon after. @throws Refusal `not_found`, `sealed`, `unavailable` */
  async delete(id: string, call: Call): Promise<void> {
    const { user_id } = personOf(call);
    const found = await this.sources.find(user_id, id);
    if (!found) throw NotFound.with();
    const revocation = found.account === null ? undefined : await this.revocations.prepare(found, callerOf(call));
    await this.tx.run(async () => {
      if (!(await this.sources.delete(user_id, id))) throw NotFound.with();
      if (revocation) await this.revocations.enqueue(revocation);
    });
  }
}

const viewOf = (row: ChatSourceRow): ChatSource => ({
  id: row.id,
  platform: row.platform,
  label: row.label,
  config: row.masked,
  connected: row.account !== null,
  status: row.status,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
