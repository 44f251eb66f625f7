import { Controller, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ChangePassword,
  ChangePasswordRequest,
  Empty,
  ForgotPassword,
  ForgotPasswordRequest,
  ResetPassword,
  ResetPasswordRequest,
  SecureAccount,
  SecureAccountRequest,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const nothing = { tag: 'Passwords', answer: Empty, status: 204 };
const FORGOT =
  '204 whether or not there is such an account, after the same work: the address is looked up when the answer is out. ' +
  'At most five mails an hour go to an account. The link works once, for an hour.';
const RESET =
  'Every session of the account ends, links that were mailed before and a pending change of address are void. ' +
  'Nobody is signed in by it, so a second factor is asked for as ever. A password that is refused leaves the token as it is.';
const SECURE =
  'For the link in notices: ends the session that was told of (all sessions, when it was no sign-in), cancels pending ' +
  'changes and mails a link that resets the password. With the token of a verification: somebody else has registered ' +
  'the address, and nobody gets into that account any more until its owner resets the password.';

@Controller('v1/auth')
export class PasswordsController {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: GatewayRevocations,
  ) {}

  @Post('password/change')
  @HttpCode(204)
  @Serves(ChangePassword, { limit: 'login', docs: nothing })
  change(@Input() input: ChangePasswordRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(ChangePassword, input, ask));
  }

  @Post('password/forgot')
  @HttpCode(204)
  @Serves(ForgotPassword, { limit: 'forgot', docs: { ...nothing, description: FORGOT } })
  async forgot(@Input() input: ForgotPasswordRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(ForgotPassword, input, ask);
  }

  @Post('password/reset')
  @HttpCode(204)
  @Serves(ResetPassword, { limit: 'login', docs: { ...nothing, description: RESET } })
  reset(@Input() input: ResetPasswordRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(ResetPassword, input, ask));
  }

  @Post('account/secure')
  @HttpCode(204)
  @Serves(SecureAccount, { limit: 'login', docs: { ...nothing, description: SECURE } })
  secure(@Input() input: SecureAccountRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(SecureAccount, input, ask));
  }
}
