import { Module } from '@nestjs/common';
import { StorefrontProbes } from './storefront-probes.service.js';
import { StorefrontsService } from './storefronts.service.js';

@Module({ providers: [StorefrontsService, StorefrontProbes], exports: [StorefrontsService] })
export class StorefrontsModule {}
