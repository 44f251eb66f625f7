import type { Feature } from '../feature.js';
import { LicenseTokensRepository } from './license-tokens.repository.js';
import { LicenseTokens } from './license-tokens.service.js';

export const licenseTokens: Feature = {
  providers: [LicenseTokensRepository, LicenseTokens],
};
