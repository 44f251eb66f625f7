import { Injectable } from '@nestjs/common';
import { Vault, type Place, type Use } from '../vault/vault.service.js';
import { maskedConfig, type ChatConfig } from './chat-config.rules.js';
import type { ChatSourceRow, SealedConfig } from './chat-sources.repository.js';

type Source = Pick<ChatSourceRow, 'id' | 'user_id'>;

/** The configurations of chat sources, sealed in their rows. */
@Injectable()
export class ChatSourceConfigs {
  constructor(private readonly vault: Vault) {}

  /** @throws Refusal `gone`, `sealed`, `unavailable` */
  async seal(source: Source, version: number, config: ChatConfig, use: Use): Promise<SealedConfig> {
    const envelope = await this.vault.seal(placeOf(source, version), JSON.stringify(config), use);
    return { envelope, masked: maskedConfig(config) };
  }

  /** @throws Refusal `integrity`, `gone`, `sealed`, `unavailable` */
  async open(source: ChatSourceRow, use: Use): Promise<ChatConfig> {
    return JSON.parse(await this.vault.open(placeOf(source, source.version), source.envelope, use)) as ChatConfig;
  }
}

const placeOf = ({ id, user_id }: Source, version: number): Place => ({
  ownerType: 'user',
  ownerId: user_id,
  purpose: 'chat_sources',
  recordType: 'chat_source',
  recordId: id,
  field: 'config',
  version,
});
