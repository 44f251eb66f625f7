import { Injectable } from '@nestjs/common';
import { ChatSourceConfigs } from '../chat-sources/chat-source-configs.service.js';
import { ChatSourcesRepository, type ChatSourceRow } from '../chat-sources/chat-sources.repository.js';
import { ConnectedSources } from './connected-sources.service.js';
import { RefreshObserved } from './refresh-observed.js';
import { LeaveWithdrawn, Youtube } from './youtube.js';

const BATCH = 20;
/** A replica that dies in between, or a platform that is away, keeps a source from being tried again for so long. */
const LEASE_SECONDS = 60;
const SELF = { caller: 'secrets' };

/** Keeps the tokens of connected sources fresh, before they end. */
@Injectable()
export class TokenRefresh {
  constructor(
    private readonly sources: ChatSourcesRepository,
    private readonly configs: ChatSourceConfigs,
    private readonly connected: ConnectedSources,
    private readonly youtube: Youtube,
    private readonly observed: RefreshObserved,
  ) {}

  /** Refreshes what ends soon. @returns how many there were */
  async work(): Promise<number> {
    if (!this.youtube.configured) return 0;
    const due = await this.sources.claimDue(BATCH, LEASE_SECONDS);
    await Promise.all(due.map((source) => this.refresh(source)));
    return due.length;
  }

  private async refresh(source: ChatSourceRow): Promise<void> {
    try {
      const config = await this.configs.open(source, { ...SELF, action: 'connector.refresh' });
      const tokens = await this.youtube.refresh(String(config.refresh_token));
      const channel = { id: String(config.channel_id), title: String(config.channel_title) };
      // When the source was connected again meanwhile, what that has brought is newer.
      await this.connected.replace(source, channel, tokens, SELF);
      this.observed.tell('ok', source.id);
    } catch (error) {
      if (error instanceof LeaveWithdrawn) await this.sources.needsReconnect(source);
      this.observed.tell(error instanceof LeaveWithdrawn ? 'withdrawn' : 'failed', source.id, error);
    }
  }
}
