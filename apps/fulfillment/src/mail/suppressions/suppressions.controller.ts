import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  AddSuppression,
  LiftSuppression,
  ListSuppressions,
  NotFound,
  type Call,
  type Empty,
  type ListSuppressionsRequest,
  type MailSuppression,
  type SuppressionList,
  type SuppressionRequest,
} from '#contracts';
import { SuppressionsRepository } from './suppressions.repository.js';

const PAGE = 100;

@Controller()
export class SuppressionsController {
  constructor(private readonly suppressions: SuppressionsRepository) {}

  @Handles(ListSuppressions, { transaction: false })
  async list({ email, limit = PAGE }: ListSuppressionsRequest): Promise<SuppressionList> {
    if (email === undefined) return { suppressions: await this.suppressions.newest(limit) };
    const found = await this.suppressions.find(email);
    return { suppressions: found ? [found] : [] };
  }

  @Handles(AddSuppression)
  async add({ email }: SuppressionRequest, { actor }: Call): Promise<MailSuppression> {
    const source = actor?.kind === 'caller' ? actor.caller : 'operator';
    await this.suppressions.add(email, { reason: 'operator', source: source.slice(0, 32), mail_id: null });
    return (await this.suppressions.find(email))!;
  }

  @Handles(LiftSuppression)
  async lift({ email }: SuppressionRequest): Promise<Empty> {
    if (!(await this.suppressions.lift(email))) throw NotFound.with('This address gets mail already.');
    return {};
  }
}
