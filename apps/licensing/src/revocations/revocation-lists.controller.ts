import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ReadRevocations, type SignedRevocations } from '#contracts';
import { RevocationListsService } from './revocation-lists.service.js';

@Controller()
export class RevocationListsController {
  constructor(private readonly lists: RevocationListsService) {}

  /** Waits for a signature, so no transaction may be open. */
  @Handles(ReadRevocations, { transaction: false })
  read(): Promise<SignedRevocations> {
    return this.lists.current();
  }
}
