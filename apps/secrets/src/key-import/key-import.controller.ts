import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ImportKey, type Call, type ImportKeyRequest, type PublicKey } from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { PublicKeysService } from '../keys/public-keys.service.js';
import { KeyImport } from './key-import.service.js';

@Controller()
export class KeyImportController {
  constructor(
    private readonly imports: KeyImport,
    private readonly publicKeys: PublicKeysService,
  ) {}

  // A rotation follows, which opens its own transactions.
  @Handles(ImportKey, { transaction: false })
  async import(request: ImportKeyRequest, call: Call): Promise<PublicKey> {
    return this.publicKeys.view(await this.imports.import(request, callerOf(call)));
  }
}
