import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  AcknowledgeErasure,
  ListErasures,
  ReadErasure,
  type Call,
  type Empty,
  type ErasureList,
  type ErasureRequest,
  type ErasureSubject,
  type ListErasuresRequest,
} from '#contracts';
import { Erasures } from './erasures.service.js';

@Controller()
export class ErasuresController {
  constructor(private readonly erasures: Erasures) {}

  @Handles(ReadErasure, { transaction: false })
  read({ erasure_id }: ErasureRequest): Promise<ErasureSubject> {
    return this.erasures.subjectOf(erasure_id);
  }

  /** Who acknowledges is what the broker says, not the message. */
  @Handles(AcknowledgeErasure)
  async acknowledge({ erasure_id }: ErasureRequest, call: Call): Promise<Empty> {
    await this.erasures.acknowledge(erasure_id, call.caller);
    return {};
  }

  @Handles(ListErasures, { transaction: false })
  list(input: ListErasuresRequest): Promise<ErasureList> {
    return this.erasures.list(input);
  }
}
