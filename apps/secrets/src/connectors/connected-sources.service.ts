import { Injectable } from '@nestjs/common';
import { newId } from '#persistence';
import { ChatSourceConfigs } from '../chat-sources/chat-source-configs.service.js';
import { ChatSourcesRepository, type ChatSourceRow } from '../chat-sources/chat-sources.repository.js';
import type { Use } from '../vault/vault.service.js';
import { configOf, refreshTime, type Channel, type PlatformTokens } from './youtube.js';

const PLATFORM = 'youtube';
const MOST = 50;

/** Chat sources that were connected at a platform. */
@Injectable()
export class ConnectedSources {
  constructor(
    private readonly sources: ChatSourcesRepository,
    private readonly configs: ChatSourceConfigs,
  ) {}

  /**
   * Keeps a channel with its tokens; the same channel again takes the place of what was kept before.
   * @returns its id, or nothing when there are as many as there may be
   */
  async keep(
    userId: string,
    channel: Channel,
    tokens: PlatformTokens,
    use: Omit<Use, 'action'>,
  ): Promise<string | undefined> {
    for (;;) {
      const before = await this.sources.findConnected(userId, PLATFORM, channel.id);
      if (before ? await this.replace(before, channel, tokens, use) : false) return before!.id;
      if (before) continue;
      const added = await this.add(userId, channel, tokens, use);
      if (added) return added.id;
      // Either there are too many, or another request has just added the same channel.
      if (!(await this.sources.findConnected(userId, PLATFORM, channel.id))) return undefined;
    }
  }

  /** The next version of the tokens. @returns whether they were kept; not when others came first */
  async replace(
    before: ChatSourceRow,
    channel: Channel,
    tokens: PlatformTokens,
    use: Omit<Use, 'action'>,
  ): Promise<boolean> {
    const seal = { ...use, action: 'chat_source.seal' };
    const sealed = await this.configs.seal(before, before.version + 1, configOf(channel, tokens), seal);
    return this.sources.replace(before, sealed, refreshTime(tokens));
  }

  private async add(userId: string, channel: Channel, tokens: PlatformTokens, use: Omit<Use, 'action'>) {
    const source = { id: newId(), user_id: userId };
    const seal = { ...use, action: 'chat_source.seal' };
    const sealed = await this.configs.seal(source, 1, configOf(channel, tokens), seal);
    const row = { ...source, platform: PLATFORM, label: channel.title, ...sealed, account: channel.id } as const;
    return this.sources.add(row, refreshTime(tokens), MOST);
  }
}
