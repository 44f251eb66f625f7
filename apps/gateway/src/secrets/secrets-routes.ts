import { KeysController } from './keys.controller.js';
import { StreamRevealService } from './stream-reveal.service.js';
import { StreamsController } from './streams.controller.js';

/** The routes over the secrets service, and what they need. */
export const secretsControllers = [KeysController, StreamsController];

export const secretsProviders = [StreamRevealService];
