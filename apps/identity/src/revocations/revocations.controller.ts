import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ListRevocations, type Empty, type RevocationList } from '#contracts';
import { RevocationsRepository } from './revocations.repository.js';

@Controller()
export class RevocationsController {
  constructor(private readonly revocations: RevocationsRepository) {}

  @Handles(ListRevocations, { transaction: false })
  async list(_input: Empty): Promise<RevocationList> {
    return { revocations: await this.revocations.list() };
  }
}
