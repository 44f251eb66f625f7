export { AccessTokenVerifier, ANY_SCOPE, ISSUER, SERVICE_AUDIENCE, actorOf } from './access-token-verifier.js';
export { AccessTokensModule } from './access-tokens.module.js';
export { ClientPolicyCache } from './client-policies.js';
export { DeviceSightings } from './device-sightings.js';
export { LEEWAY, type VerifiedToken } from './claims.rules.js';
export { IdTokenReader, type IdTokenHint } from './id-token-reader.js';
export { KeyCache } from './key-cache.js';
export { RevocationList } from './revocation-list.js';
