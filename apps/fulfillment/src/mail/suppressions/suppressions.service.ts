import { Injectable } from '@nestjs/common';
import { NotFound, type Actor, type ListSuppressionsRequest, type MailSuppression } from '#contracts';
import { SuppressionsRepository } from './suppressions.repository.js';

const PAGE = 100;
const LONGEST_SOURCE = 32;

/** Which addresses get no mail, as operators see and change it. */
@Injectable()
export class SuppressionsService {
  constructor(private readonly suppressions: SuppressionsRepository) {}

  /** The newest, or the one of an address. */
  async list({ email, limit = PAGE }: ListSuppressionsRequest): Promise<MailSuppression[]> {
    if (email === undefined) return this.suppressions.newest(limit);
    const found = await this.suppressions.find(email);
    return found ? [found] : [];
  }

  async add(email: string, actor: Actor | undefined): Promise<MailSuppression> {
    const source = (actor?.kind === 'caller' ? actor.caller : 'operator').slice(0, LONGEST_SOURCE);
    await this.suppressions.add(email, { reason: 'operator', source, mail_id: null });
    return (await this.suppressions.find(email))!;
  }

  /** @throws Refusal `not_found` */
  async lift(email: string): Promise<void> {
    if (!(await this.suppressions.lift(email))) throw NotFound.with('This address gets mail already.');
  }
}
