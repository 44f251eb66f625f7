import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  AddSuppression,
  LiftSuppression,
  ListSuppressions,
  type Call,
  type Empty,
  type ListSuppressionsRequest,
  type MailSuppression,
  type SuppressionList,
  type SuppressionRequest,
} from '#contracts';
import { SuppressionsService } from './suppressions.service.js';

@Controller()
export class SuppressionsController {
  constructor(private readonly suppressions: SuppressionsService) {}

  @Handles(ListSuppressions, { transaction: false })
  async list(input: ListSuppressionsRequest): Promise<SuppressionList> {
    return { suppressions: await this.suppressions.list(input) };
  }

  @Handles(AddSuppression)
  add({ email }: SuppressionRequest, { actor }: Call): Promise<MailSuppression> {
    return this.suppressions.add(email, actor);
  }

  @Handles(LiftSuppression)
  async lift({ email }: SuppressionRequest): Promise<Empty> {
    await this.suppressions.lift(email);
    return {};
  }
}
