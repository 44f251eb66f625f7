import { Module, type DynamicModule } from '@nestjs/common';
import { Health } from '#boot';
import { BusModule } from '#bus';
import { PersistenceModule } from '#persistence';
import { AuditBacklog } from './audit/audit-backlog.service.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditLog } from './audit/audit-log.service.js';
import { AuditRepository } from './audit/audit.repository.js';
import { AuditVerifier } from './audit/audit-verifier.service.js';
import { ChatSourceConfigs } from './chat-sources/chat-source-configs.service.js';
import { ChatSourcesController } from './chat-sources/chat-sources.controller.js';
import { ChatSourcesRepository } from './chat-sources/chat-sources.repository.js';
import { ChatSources } from './chat-sources/chat-sources.service.js';
import { AccountClosuresController } from './closures/account-closures.controller.js';
import { AccountClosuresRepository } from './closures/account-closures.repository.js';
import { ConnectedSources } from './connectors/connected-sources.service.js';
import { ConnectorAttemptsRepository } from './connectors/connector-attempts.repository.js';
import { ConnectorAttempts } from './connectors/connector-attempts.service.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { Connectors } from './connectors/connectors.service.js';
import { ConnectorsUpkeep } from './connectors/connectors-upkeep.js';
import { RefreshObserved } from './connectors/refresh-observed.js';
import { RevocationsRepository } from './connectors/revocations.repository.js';
import { Revocations } from './connectors/revocations.service.js';
import { TokenRefresh } from './connectors/token-refresh.service.js';
import { Youtube } from './connectors/youtube.js';
import { DataKeysRepository } from './kek/data-keys.repository.js';
import { DataKeysService } from './kek/data-keys.service.js';
import { ErasureController } from './erasure/erasure.controller.js';
import { ErasureService } from './erasure/erasure.service.js';
import { HeldKeysRepository } from './erasure/held-keys.repository.js';
import { Keks } from './kek/keks.js';
import { Keyring } from './keys/keyring.service.js';
import { KeyringUpkeep } from './keys/keyring-upkeep.service.js';
import { KeyCertificatesController } from './key-certificates/key-certificates.controller.js';
import { KeyCertificatesRepository } from './key-certificates/key-certificates.repository.js';
import { KeyCertificates } from './key-certificates/key-certificates.service.js';
import { KeyImportController } from './key-import/key-import.controller.js';
import { ImportedKeysRepository } from './key-import/imported-keys.repository.js';
import { KeyImport } from './key-import/key-import.service.js';
import { SigningImport } from './key-import/signing-import.service.js';
import { KeysController } from './keys/keys.controller.js';
import { PublicKeysService } from './keys/public-keys.service.js';
import { RotationService } from './keys/rotation.service.js';
import { SealedKeys } from './keys/sealed-keys.service.js';
import { SigningKeysRepository } from './keys/signing-keys.repository.js';
import { SigningProviders } from './keys/signing-providers.js';
import { migrations } from './migrations/index.js';
import { openProviders } from './providers/open-provider.js';
import { ProviderHealth } from './providers/provider-health.js';
import { DataKeyRotation } from './rotation/data-key-rotation.service.js';
import { KekRotation } from './rotation/kek-rotation.service.js';
import { RotationController } from './rotation/rotation.controller.js';
import { RotationUpkeep } from './rotation/rotation-upkeep.js';
import { WrappedKeysRepository } from './rotation/wrapped-keys.repository.js';
import { SecretsConfig } from './secrets.config.js';
import { OperatorSealController } from './seal/operator-seal.controller.js';
import { OperatorSealRepository } from './seal/operator-seal.repository.js';
import { OperatorSeal, SealChanges } from './seal/operator-seal.service.js';
import { BlobsService } from './signing/blobs.service.js';
import { RevocationListsController } from './signing/revocation-lists.controller.js';
import { RevocationListsService } from './signing/revocation-lists.service.js';
import { MacKeysService } from './signing/mac-keys.service.js';
import { SigningController } from './signing/signing.controller.js';
import { TokensService } from './signing/tokens.service.js';
import { Destinations } from './streams/destinations.service.js';
import { StreamKeysRepository } from './streams/stream-keys.repository.js';
import { StreamKeys } from './streams/stream-keys.service.js';
import { StreamsController } from './streams/streams.controller.js';
import { StreamsRepository } from './streams/streams.repository.js';
import { Streams } from './streams/streams.service.js';
import { OwnerErasure } from './vault/owner-erasure.service.js';
import { OwnerKeys } from './vault/owner-keys.service.js';
import { OwnerRecords } from './vault/owner-records.js';
import { SealedValues } from './vault/sealed-values.service.js';
import { VaultController } from './vault/vault.controller.js';
import { Vault } from './vault/vault.service.js';

const KEK = [DataKeysService, DataKeysRepository];
const KEYS = [Keyring, KeyringUpkeep, PublicKeysService, RotationService, SealedKeys, SigningKeysRepository];
const KEY_IMPORT = [ImportedKeysRepository, KeyImport, SigningImport];
const KEY_CERTIFICATES = [KeyCertificatesRepository, KeyCertificates];
const AUDIT = [AuditBacklog, AuditLog, AuditRepository, AuditVerifier];
const ERASURE = [ErasureService, HeldKeysRepository];
const VAULT = [OwnerErasure, OwnerKeys, OwnerRecords, SealedValues, Vault];
const STREAMS = [AccountClosuresRepository, Destinations, StreamKeys, StreamKeysRepository, Streams, StreamsRepository];
const CHAT_SOURCES = [ChatSourceConfigs, ChatSources, ChatSourcesRepository];
const CONNECTORS = [
  ...[ConnectedSources, ConnectorAttempts, ConnectorAttemptsRepository, Connectors, ConnectorsUpkeep],
  ...[RefreshObserved, Revocations, RevocationsRepository, TokenRefresh, Youtube],
];
const ROTATION = [DataKeyRotation, KekRotation, RotationUpkeep, WrappedKeysRepository];
const SEAL = [OperatorSeal, OperatorSealRepository, SealChanges];
const SIGNING = [TokensService, BlobsService, MacKeysService, RevocationListsService];

/** The secrets service: keys are used here and leave never. */
@Module({})
export class SecretsModule {
  /** @throws StartProblem when the key-encryption key cannot be used */
  static async with(config: SecretsConfig): Promise<DynamicModule> {
    const { keks, signing, all } = await openProviders(config);
    return {
      module: SecretsModule,
      imports: [
        PersistenceModule.forApp({
          app: 'secrets',
          url: config.databaseUrl,
          poolSize: config.databasePoolSize,
          migrations,
        }),
        BusModule.forApp({ app: 'secrets', url: config.natsUrl, seedFile: config.natsSeedFile }),
      ],
      controllers: [
        KeysController,
        KeyImportController,
        KeyCertificatesController,
        AuditController,
        SigningController,
        RevocationListsController,
        VaultController,
        StreamsController,
        ChatSourcesController,
        ConnectorsController,
        RotationController,
        ErasureController,
        AccountClosuresController,
        OperatorSealController,
      ],
      providers: [
        { provide: Keks, useValue: keks },
        { provide: SigningProviders, useValue: signing },
        { provide: ProviderHealth, useFactory: (health: Health) => new ProviderHealth(health, all), inject: [Health] },
        ...KEK,
        ...KEYS,
        ...KEY_IMPORT,
        ...KEY_CERTIFICATES,
        ...AUDIT,
        ...SIGNING,
        ...VAULT,
        ...STREAMS,
        ...CHAT_SOURCES,
        ...CONNECTORS,
        ...ROTATION,
        ...ERASURE,
        ...SEAL,
      ],
    };
  }
}
