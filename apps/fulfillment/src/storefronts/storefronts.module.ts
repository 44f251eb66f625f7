import { Module } from '@nestjs/common';
import { StorefrontsService } from './storefronts.service.js';

@Module({ providers: [StorefrontsService], exports: [StorefrontsService] })
export class StorefrontsModule {}
