import { Module, type DynamicModule } from '@nestjs/common';
import { BusModule } from '#bus';
import { PersistenceModule } from '#persistence';
import { admin } from './admin/admin.module.js';
import { agentConfig } from './agent-config/agent-config.module.js';
import { audit } from './audit/audit.module.js';
import { broadcastConfig } from './broadcast-config/broadcast-config.module.js';
import { authorization } from './authorization/authorization.module.js';
import { clients } from './clients/clients.module.js';
import { deviceFlow } from './device-flow/device-flow.module.js';
import { devices } from './devices/devices.module.js';
import { email } from './email/email.module.js';
import { grants } from './grants/grants.module.js';
import { guessing } from './guessing/guessing.module.js';
import { housekeeping } from './housekeeping/housekeeping.module.js';
import { identities } from './identities/identities.module.js';
import { keys } from './keys/keys.module.js';
import { legacy } from './legacy/legacy.module.js';
import { licenseTokens } from './license-tokens/license-tokens.module.js';
import { lifecycle } from './lifecycle/lifecycle.module.js';
import { pairing } from './pairing/pairing.module.js';
import { mfa } from './mfa/mfa.module.js';
import { passkeys } from './passkeys/passkeys.module.js';
import { passwords } from './passwords/passwords.module.js';
import { plans } from './plans/plans.module.js';
import { presence } from './presence/presence.module.js';
import { profile } from './profile/profile.module.js';
import { providers } from './providers/providers.module.js';
import { recovery } from './recovery/recovery.module.js';
import { revocations } from './revocations/revocations.module.js';
import { roles } from './roles/roles.module.js';
import { serviceTokens } from './service-tokens/service-tokens.module.js';
import { sessions } from './sessions/sessions.module.js';
import { users } from './users/users.module.js';
import type { Feature } from './feature.js';
import { IdentityConfig } from './identity.config.js';
import { migrations } from './migrations/index.js';

/** One entry a folder; what is in it says its module file. */
const FEATURES: Feature[] = [
  admin,
  agentConfig,
  audit,
  broadcastConfig,
  authorization,
  clients,
  deviceFlow,
  devices,
  email,
  grants,
  guessing,
  housekeeping,
  identities,
  keys,
  legacy,
  licenseTokens,
  lifecycle,
  pairing,
  mfa,
  passkeys,
  passwords,
  plans,
  presence,
  profile,
  providers,
  recovery,
  revocations,
  roles,
  serviceTokens,
  sessions,
  users,
];

/** People, sessions and client policies. Needs `BootModule`, which `startService` brings. */
@Module({})
export class IdentityModule {
  static with(config: IdentityConfig): DynamicModule {
    return {
      module: IdentityModule,
      imports: [
        BusModule.forApp({ app: 'identity', url: config.natsUrl, seedFile: config.natsSeedFile }),
        PersistenceModule.forApp({
          app: 'identity',
          url: config.databaseUrl,
          poolSize: config.databasePoolSize,
          entities: FEATURES.flatMap((feature) => feature.entities ?? []),
          migrations,
        }),
      ],
      controllers: FEATURES.flatMap((feature) => feature.controllers ?? []),
      providers: FEATURES.flatMap((feature) => feature.providers ?? []),
    };
  }
}
