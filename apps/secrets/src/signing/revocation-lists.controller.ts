import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { SignRevocationList, type Call, type SignedRevocationList, type SignRevocationListRequest } from '#contracts';
import { RevocationListsService } from './revocation-lists.service.js';

@Controller()
export class RevocationListsController {
  constructor(private readonly lists: RevocationListsService) {}

  @Handles(SignRevocationList, { transaction: false })
  sign(input: SignRevocationListRequest, call: Call): Promise<SignedRevocationList> {
    return this.lists.sign(input, call);
  }
}
