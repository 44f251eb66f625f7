import type { Feature } from '../feature.js';
import { IdentityConfig } from '../identity.config.js';
import { AttemptsInFlight } from './attempts-in-flight.service.js';
import { AttemptsRepository } from './attempts.repository.js';
import { ExtensionSecrets } from './extension/extension-secrets.service.js';
import { ExtensionsController } from './extension/extensions.controller.js';
import { Extensions } from './extension/extensions.service.js';
import { GitHub } from './github.js';
import { Google } from './google.js';
import { Outbound } from './outbound.service.js';
import { ProviderCallbacks } from './provider-callbacks.service.js';
import { ProviderEntries } from './provider-entries.service.js';
import { ProviderList } from './provider-list.js';
import { ProviderStarts } from './provider-starts.service.js';
import { ProvidersConfig } from './providers.config.js';
import { ProvidersController } from './providers.controller.js';
import { SpentNoncesRepository } from './spent-nonces.repository.js';
import { Steam } from './steam.js';
import { Twitch } from './twitch.js';
import { WalletChallengesRepository } from './wallet/wallet-challenges.repository.js';
import { WalletProofs } from './wallet/wallet-proofs.service.js';
import { WalletsController } from './wallet/wallets.controller.js';
import { Wallets } from './wallet/wallets.service.js';

export const providers: Feature = {
  controllers: [ProvidersController, WalletsController, ExtensionsController],
  providers: [
    { provide: ProvidersConfig, useExisting: IdentityConfig },
    AttemptsInFlight,
    AttemptsRepository,
    ExtensionSecrets,
    Extensions,
    GitHub,
    Google,
    Outbound,
    ProviderCallbacks,
    ProviderEntries,
    ProviderList,
    ProviderStarts,
    SpentNoncesRepository,
    Steam,
    Twitch,
    WalletChallengesRepository,
    WalletProofs,
    Wallets,
  ],
};
