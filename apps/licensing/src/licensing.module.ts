import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { BusModule } from '#bus';
import { PersistenceModule } from '#persistence';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { AccountsService } from './accounts/accounts.service.js';
import { BillingController } from './billing/billing.controller.js';
import { BillingService } from './billing/billing.service.js';
import { ClaimAnswersService } from './claims/claim-answers.service.js';
import { ClaimsController } from './claims/claims.controller.js';
import { ClaimsRepository } from './claims/claims.repository.js';
import { ClaimsService } from './claims/claims.service.js';
import { Clock } from './clock/clock.service.js';
import { DueEntitlementsService } from './entitlements/due-entitlements.service.js';
import { EntitlementAnswersService } from './entitlements/entitlement-answers.service.js';
import { EntitlementsController } from './entitlements/entitlements.controller.js';
import { EntitlementsRepository } from './entitlements/entitlements.repository.js';
import { EntitlementsService } from './entitlements/entitlements.service.js';
import { GrantsRepository } from './entitlements/grants.repository.js';
import { InstallationsController } from './installations/installations.controller.js';
import { InstallationsRepository } from './installations/installations.repository.js';
import { InstallationsService } from './installations/installations.service.js';
import { LicenseTokensController } from './license-tokens/license-tokens.controller.js';
import { LicenseTokensRepository } from './license-tokens/license-tokens.repository.js';
import { LicenseTokensService } from './license-tokens/license-tokens.service.js';
import { RenewalsController } from './renewal/renewals.controller.js';
import { BuyersQueries } from './renewal/buyers.queries.js';
import { NewBlobsService } from './renewal/new-blobs.service.js';
import { NewTermsService } from './renewal/new-terms.service.js';
import { PaidRenewalsService } from './renewal/paid-renewals.service.js';
import { SoldTermsController } from './renewal/sold-terms.controller.js';
import { SoldTermsService } from './renewal/sold-terms.service.js';
import { RenewalRightsService } from './renewal/renewal-rights.service.js';
import { RenewalsRepository } from './renewal/renewals.repository.js';
import { RenewalsService } from './renewal/renewals.service.js';
import { HoldersQueries } from './reissue/holders.queries.js';
import { ReissueController } from './reissue/reissue.controller.js';
import { ReissueService } from './reissue/reissue.service.js';
import { ReissueTerms } from './reissue/reissue-terms.service.js';
import { ImportsController } from './imports/imports.controller.js';
import { ImportsQueries } from './imports/imports.queries.js';
import { ImportsRepository } from './imports/imports.repository.js';
import { ImportsService } from './imports/imports.service.js';
import { UndoService } from './imports/undo.service.js';
import { SalesImportRepository } from './imports/sales-import.repository.js';
import { SaleBlobs } from './imports/sale-blobs.service.js';
import { SalesImportService } from './imports/sales-import.service.js';
import { CustomerErasureService } from './erasure/customer-erasure.service.js';
import { ErasureController } from './erasure/erasure.controller.js';
import { ErasureRepository } from './erasure/erasure.repository.js';
import { ErasureService } from './erasure/erasure.service.js';
import { IdempotencyRepository } from './licenses/idempotency.repository.js';
import { IssuanceRepository } from './licenses/issuance.repository.js';
import { IssuingService } from './licenses/issuing.service.js';
import { LicenseEntity } from './licenses/license.entity.js';
import { LicenseKeys } from './licenses/license-keys.service.js';
import { LicensesController } from './licenses/licenses.controller.js';
import { LicensesQueries } from './licenses/licenses.queries.js';
import { LicensesRepository } from './licenses/licenses.repository.js';
import { LicenseBatches } from './licenses/license-batches.service.js';
import { LicensesService } from './licenses/licenses.service.js';
import { MintingService } from './licenses/minting.service.js';
import { OwnersController } from './licenses/owners.controller.js';
import { OwnersService } from './licenses/owners.service.js';
import { ReservationsService } from './licenses/reservations.service.js';
import { LicensingConfig } from './licensing.config.js';
import { migrations } from './migrations/index.js';
import { PlanCatalog } from './plans/plan-catalog.js';
import { readPlansFile } from './plans/plans-file.js';
import { RevocationListsController } from './revocations/revocation-lists.controller.js';
import { RevocationListsRepository } from './revocations/revocation-lists.repository.js';
import { RevocationListsService } from './revocations/revocation-lists.service.js';
import { SweepsService } from './sweeps/sweeps.service.js';
import { ValidationController } from './validation/validation.controller.js';
import { ValidationService } from './validation/validation.service.js';

const LICENSES: Provider[] = [
  LicenseKeys,
  LicensesRepository,
  LicensesQueries,
  LicensesService,
  LicenseBatches,
  IssuanceRepository,
  IdempotencyRepository,
  ReservationsService,
  IssuingService,
  MintingService,
  OwnersService,
  RevocationListsRepository,
  RevocationListsService,
  ValidationService,
];

const NEW_BLOBS: Provider[] = [
  RenewalsRepository,
  NewBlobsService,
  RenewalRightsService,
  RenewalsService,
  NewTermsService,
  SoldTermsService,
  PaidRenewalsService,
  BuyersQueries,
  HoldersQueries,
  ReissueTerms,
  ImportsQueries,
  ImportsRepository,
  ImportsService,
  UndoService,
  SalesImportRepository,
  SalesImportService,
  SaleBlobs,
  ReissueService,
];

const ENTITLEMENTS: Provider[] = [
  GrantsRepository,
  EntitlementsRepository,
  EntitlementsService,
  EntitlementAnswersService,
  DueEntitlementsService,
  LicenseTokensRepository,
  LicenseTokensService,
];

const WAYS_IN: Provider[] = [
  AccountsRepository,
  AccountsService,
  ClaimsRepository,
  ClaimsService,
  ClaimAnswersService,
  BillingService,
  ErasureRepository,
  ErasureService,
  CustomerErasureService,
  InstallationsRepository,
  InstallationsService,
];

const CONTROLLERS: Type[] = [
  LicensesController,
  OwnersController,
  EntitlementsController,
  LicenseTokensController,
  ClaimsController,
  BillingController,
  ErasureController,
  InstallationsController,
  RevocationListsController,
  ValidationController,
  RenewalsController,
  SoldTermsController,
  ReissueController,
  ImportsController,
];

/** The whole app on one page. Its features need one another both ways, so they are folders and not modules. */
@Module({})
export class LicensingModule {
  /** @throws StartProblem when the plans file is not valid */
  static with(config: LicensingConfig): DynamicModule {
    return {
      module: LicensingModule,
      imports: [
        PersistenceModule.forApp({
          app: 'licensing',
          url: config.databaseUrl,
          poolSize: config.databasePoolSize,
          entities: [LicenseEntity],
          migrations,
        }),
        BusModule.forApp({ app: 'licensing', url: config.natsUrl, seedFile: config.natsSeedFile }),
      ],
      controllers: CONTROLLERS,
      providers: [
        Clock,
        SweepsService,
        { provide: PlanCatalog, useValue: readPlansFile(config.plansFile) },
        ...LICENSES,
        ...NEW_BLOBS,
        ...ENTITLEMENTS,
        ...WAYS_IN,
      ],
    };
  }
}
