import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ChangeEmail,
  ConfirmEmailChange,
  UndoEmailChange,
  type Call,
  type ChangeEmailRequest,
  type ConfirmEmailChangeRequest,
  type EmailChangePending,
  type EndedSessions,
  type UndoEmailChangeRequest,
  type User,
} from '#contracts';
import { PasswordOrFreshSignIn } from '../passwords/password-or-fresh-sign-in.service.js';
import { personOf } from '../sessions/sessions.service.js';
import { EmailChange } from './email-change.service.js';
import { EmailMoves } from './email-moves.service.js';

@Controller()
export class EmailChangeController {
  constructor(
    private readonly proof: PasswordOrFreshSignIn,
    private readonly changes: EmailChange,
    private readonly moves: EmailMoves,
  ) {}

  /** Opens its transaction itself: a wrong password stays counted, and no connection waits for a hash. */
  @Handles(ChangeEmail, { transaction: false })
  async change(input: ChangeEmailRequest, { actor, deadline }: Call): Promise<EmailChangePending> {
    const person = personOf(actor);
    await this.proof.demand(person, input.password, deadline);
    return this.changes.request(person, input);
  }

  @Handles(ConfirmEmailChange)
  confirm(input: ConfirmEmailChangeRequest): Promise<User> {
    return this.moves.confirm(input.token);
  }

  @Handles(UndoEmailChange)
  undo(input: UndoEmailChangeRequest): Promise<EndedSessions> {
    return this.moves.undo(input.token);
  }
}
