import type { Feature } from '../feature.js';
import { AccountClosingRepository } from './account-closing.repository.js';
import { AccountDeletion } from './account-deletion.service.js';
import { AccountEndingsRepository } from './account-endings.repository.js';
import { AccountEndings } from './account-endings.service.js';
import { DeletionNotices } from './deletion-notices.service.js';
import { ErasureWorker } from './erasure-worker.js';
import { ErasuresController } from './erasures.controller.js';
import { ErasuresRepository } from './erasures.repository.js';
import { Erasures } from './erasures.service.js';
import { LifecycleController } from './lifecycle.controller.js';
import { OwnDeletion } from './own-deletion.service.js';
import { PersonalDataParts } from './personal-data-parts.service.js';
import { PersonalDataService } from './personal-data.service.js';
import { PersonalExportsRepository } from './personal-exports.repository.js';
import { PersonalTablesRepository } from './personal-tables.repository.js';

export const lifecycle: Feature = {
  controllers: [LifecycleController, ErasuresController],
  providers: [
    AccountClosingRepository,
    AccountDeletion,
    AccountEndings,
    AccountEndingsRepository,
    DeletionNotices,
    ErasureWorker,
    Erasures,
    ErasuresRepository,
    OwnDeletion,
    PersonalDataParts,
    PersonalDataService,
    PersonalExportsRepository,
    PersonalTablesRepository,
  ],
};
