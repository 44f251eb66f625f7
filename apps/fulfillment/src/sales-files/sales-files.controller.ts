import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ReadSalesFile, type ReadSalesFileRequest, type SalesFile } from '#contracts';
import { SalesFilesService } from './sales-files.service.js';

@Controller()
export class SalesFilesController {
  constructor(private readonly files: SalesFilesService) {}

  @Handles(ReadSalesFile, { transaction: false })
  read(input: ReadSalesFileRequest): Promise<SalesFile> {
    return Promise.resolve({ rows: this.files.read(input) });
  }
}
