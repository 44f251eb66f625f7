import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  ChangeEmail,
  ChangeEmailRequest,
  ConfirmEmailChange,
  ConfirmEmailChangeRequest,
  Empty,
  InvalidToken,
  RateLimited,
  SendEmailVerification,
  UndoEmailChange,
  UndoEmailChangeRequest,
  VerifyEmail,
  type EmailChangePending,
  type User,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { EmailService } from './email.service.js';
import { VerifyBody } from './email-verify-body.js';

const tag = 'E-mail address';
const VERIFY =
  'Takes the `token` of any mail that proves an address: of a verification, of a registration with `verify_first` ' +
  '(which makes the account) and of a change of address. Or, with a bearer token, the eight-digit `code` of the latest ' +
  'verification mail, within ten minutes, in the session that asked for it. The same token again answers the same.';
const CHANGE =
  'Nothing changes before the link in the mail to the new address was followed. The answer is the same when the address ' +
  'belongs to another account. Needs the password, or a sign-in that is at most five minutes old.';

@Controller('v1/auth')
export class EmailController {
  constructor(
    private readonly bus: Bus,
    private readonly email: EmailService,
    private readonly revocations: GatewayRevocations,
  ) {}

  @Post('verify-email/send')
  @HttpCode(202)
  @Serves(SendEmailVerification, { limit: 'verify', docs: { tag, status: 202 } })
  sendVerification(@Input() input: Empty, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(SendEmailVerification, input, ask);
  }

  @Post('verify')
  @HttpCode(200)
  @Serves(VerifyEmail, {
    limit: 'verify',
    docs: { tag, input: VerifyBody, description: VERIFY, errors: [InvalidToken, RateLimited] },
  })
  verify(@Body(VerifyBody) body: VerifyBody, @Req() request: FastifyRequest): Promise<User> {
    return this.email.verify(body, request);
  }

  @Post('email/change')
  @HttpCode(202)
  @Serves(ChangeEmail, { limit: 'login', docs: { tag, status: 202, description: CHANGE } })
  change(@Input() input: ChangeEmailRequest, @Ask() ask: SendAs): Promise<EmailChangePending> {
    return this.bus.send(ChangeEmail, input, ask);
  }

  @Post('email/confirm')
  @HttpCode(200)
  @Serves(ConfirmEmailChange, { limit: 'login', docs: { tag } })
  confirm(@Input() input: ConfirmEmailChangeRequest, @Ask() ask: SendAs): Promise<User> {
    return this.bus.send(ConfirmEmailChange, input, ask);
  }

  @Post('email/undo')
  @HttpCode(204)
  @Serves(UndoEmailChange, { limit: 'login', docs: { tag, answer: Empty, status: 204 } })
  undo(@Input() input: UndoEmailChangeRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(UndoEmailChange, input, ask));
  }
}
