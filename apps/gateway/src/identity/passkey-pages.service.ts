import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  FinishPasskeySecondFactor,
  FinishPasskeySignIn,
  InvalidCredentials,
  PAGES_CLIENT_ID,
  PasskeyRefused,
  TokenInvalid,
  ValidationFailed,
} from '#contracts';
import { askOf } from '../edge/ask.js';
import { credentialIn, type PasskeyForm, type SecondPasskeyForm } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';
import { unless } from './sign-in-answers.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { SignInService } from './sign-in.service.js';

const REFUSED = [PasskeyRefused, TokenInvalid, InvalidCredentials, ValidationFailed];
const NOT_VERIFIED = 'The passkey could not be verified. Try again, or sign in another way.';

/** Passkeys at our own sign-in page. */
@Injectable()
export class PasskeyPagesService {
  constructor(
    private readonly bus: Bus,
    private readonly browser: BrowserService,
    private readonly signIn: SignInService,
    private readonly steps: SignInSteps,
  ) {}

  /** Instead of name and password. */
  enter(form: PasskeyForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const before = await this.browser.actingSession(request);
      const { ceremony_id } = form;
      const input = { ceremony_id, credential: credentialIn(form), client_id: PAGES_CLIENT_ID };
      const answer = await unless(REFUSED, this.signIn.signIn(FinishPasskeySignIn, input, request, reply));
      if (!answer) return this.steps.ask(form, request, reply, NOT_VERIFIED);
      await this.steps.goOn(form, before, request, reply);
    });
  }

  /** Instead of a code. */
  confirm(form: SecondPasskeyForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const before = await this.browser.actingSession(request);
      const { ceremony_id, mfa_token } = form;
      const input = { ceremony_id, mfa_token, credential: credentialIn(form) };
      const asked = this.bus.send(FinishPasskeySecondFactor, input, askOf(request));
      const answer = await unless(
        REFUSED,
        asked.then((signedIn) => this.browser.deliver(signedIn, reply)),
      );
      if (!answer) return this.steps.askForCode(form, request, reply, NOT_VERIFIED);
      await this.steps.goOn(form, before, request, reply);
    });
  }
}
