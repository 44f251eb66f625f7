import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { SalesFilesController } from './sales-files.controller.js';
import { SalesFilesService } from './sales-files.service.js';

/** Exports of sales, read by the mapping of products. */
@Module({ imports: [ProductsModule], controllers: [SalesFilesController], providers: [SalesFilesService] })
export class SalesFilesModule {}
