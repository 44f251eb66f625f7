export { AccessTokenVerifier, ISSUER, SERVICE_AUDIENCE, actorOf } from './access-token-verifier.js';
export { AccessTokensModule } from './access-tokens.module.js';
export { ClientPolicyCache } from './client-policies.js';
export { DeviceSightings } from './device-sightings.js';
export { LEEWAY, type VerifiedToken } from './claims.rules.js';
export { KeyCache } from './key-cache.js';
export { RevocationList } from './revocation-list.js';
