import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { StorefrontsModule } from '../storefronts/storefronts.module.js';
import { DriftFinder } from './drift-finder.js';
import { DriftRepository } from './drift.repository.js';
import { ReconcilerService } from './reconciler.service.js';
import { ReconcilerWorker } from './reconciler-worker.js';
import { ReconciliationsController } from './reconciliations.controller.js';
import { ReconciliationsQueries } from './reconciliations.queries.js';
import { ReconciliationsRepository } from './reconciliations.repository.js';
import { ReconciliationsService } from './reconciliations.service.js';
import { RepairService } from './repair.service.js';

/** What no ping has told is found by asking the stores. */
@Module({
  imports: [OrdersModule, StorefrontsModule, MailModule],
  controllers: [ReconciliationsController],
  providers: [
    DriftRepository,
    DriftFinder,
    RepairService,
    ReconcilerService,
    ReconciliationsQueries,
    ReconciliationsRepository,
    ReconciliationsService,
    ReconcilerWorker,
  ],
})
export class ReconcilerModule {}
