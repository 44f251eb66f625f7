import type { Feature } from '../feature.js';
import { MacKeys } from './mac-keys.service.js';
import { TokenSigner } from './token-signer.service.js';

export const keys: Feature = {
  providers: [MacKeys, TokenSigner],
};
