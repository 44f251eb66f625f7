import type { Feature } from '../feature.js';
import { ServiceTokensController } from './service-tokens.controller.js';
import { ServiceTokens } from './service-tokens.service.js';

export const serviceTokens: Feature = {
  controllers: [ServiceTokensController],
  providers: [ServiceTokens],
};
