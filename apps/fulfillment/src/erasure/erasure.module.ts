import { Module } from '@nestjs/common';
import { ErasureController } from './erasure.controller.js';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureService } from './erasure.service.js';
import { ErasureUpkeep } from './erasure-upkeep.js';

/** People who are gone for good leave orders without a person behind. */
@Module({ controllers: [ErasureController], providers: [ErasureRepository, ErasureService, ErasureUpkeep] })
export class ErasureModule {}
