import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { LoginFromExtension, type Call, type ExtensionLoginRequest, type SignedIn } from '#contracts';
import { Extensions } from './extensions.service.js';

@Controller()
export class ExtensionsController {
  constructor(private readonly extensions: Extensions) {}

  @Handles(LoginFromExtension, { transaction: false })
  login(input: ExtensionLoginRequest, call: Call): Promise<SignedIn> {
    return this.extensions.login(input, call);
  }
}
