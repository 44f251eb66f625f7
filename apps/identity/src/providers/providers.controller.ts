import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  FinishProvider,
  ListProviders,
  StartProvider,
  StartProviderLink,
  type Call,
  type ConfiguredProviders,
  type FinishedProvider,
  type FinishProviderRequest,
  type ProviderStart,
  type StartProviderRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { ProviderCallbacks } from './provider-callbacks.service.js';
import { ProviderList } from './provider-list.js';
import { ProviderStarts } from './provider-starts.service.js';

@Controller()
export class ProvidersController {
  constructor(
    private readonly starts: ProviderStarts,
    private readonly callbacks: ProviderCallbacks,
    private readonly list: ProviderList,
  ) {}

  @Handles(ListProviders, { transaction: false })
  async configured(): Promise<ConfiguredProviders> {
    return { providers: this.list.configured() };
  }

  @Handles(StartProvider, { transaction: false })
  start(input: StartProviderRequest): Promise<ProviderStart> {
    return this.starts.start(input);
  }

  @Handles(StartProviderLink, { transaction: false })
  async startLink(input: StartProviderRequest, call: Call): Promise<ProviderStart> {
    return this.starts.start(input, personOf(call.actor));
  }

  @Handles(FinishProvider, { transaction: false })
  finish(input: FinishProviderRequest, call: Call): Promise<FinishedProvider> {
    return this.callbacks.finish(input, call);
  }
}
