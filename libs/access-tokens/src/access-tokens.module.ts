import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokenVerifier, ISSUER } from './access-token-verifier.js';
import { ClientPolicyCache, ClientPolicyController } from './client-policies.js';
import { DeviceSightings } from './device-sightings.js';
import { IdTokenReader } from './id-token-reader.js';
import { KeyCache, KeyCacheController } from './key-cache.js';
import { RevocationList, RevocationListController } from './revocation-list.js';
import { VerifierUpkeep } from './verifier-upkeep.js';

/** Everything that an app needs to verify access tokens on its own. Needs the global bus and boot modules. */
@Module({})
export class AccessTokensModule {
  /** @param issuer the public URL, equal to `iss` of every token */
  static forApp(issuer: string): DynamicModule {
    const parts = [KeyCache, ClientPolicyCache, RevocationList, AccessTokenVerifier, IdTokenReader, DeviceSightings];
    return {
      module: AccessTokensModule,
      global: true,
      controllers: [KeyCacheController, ClientPolicyController, RevocationListController],
      providers: [{ provide: ISSUER, useValue: issuer }, ...parts, VerifierUpkeep],
      exports: [...parts, ISSUER],
    };
  }
}
