import { ChatSourcesController } from './chat-sources.controller.js';
import { ConnectorsController } from './connectors.controller.js';
import { ConnectorsService } from './connectors.service.js';
import { KeysController } from './keys.controller.js';
import { StreamRevealService } from './stream-reveal.service.js';
import { StreamsController } from './streams.controller.js';

/** The routes over the secrets service, and what they need. */
export const secretsControllers = [ChatSourcesController, ConnectorsController, KeysController, StreamsController];

export const secretsProviders = [ConnectorsService, StreamRevealService];
