import { Injectable } from '@nestjs/common';
import type { ProviderName } from '#contracts';
import { IdentityConfig } from '../identity.config.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { attemptOf } from './attempt.rules.js';
import type { Attempt } from './provider.js';

/** Attempts as providers see them, at the start and at the callback alike. */
@Injectable()
export class AttemptsInFlight {
  constructor(
    private readonly config: IdentityConfig,
    private readonly keys: MacKeys,
  ) {}

  of(state: string, provider: ProviderName): Attempt {
    return attemptOf(state, provider, this.keys.mail, this.config.publicUrl);
  }
}
