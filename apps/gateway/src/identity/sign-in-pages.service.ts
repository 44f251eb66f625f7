import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  InvalidCredentials,
  Login,
  LoginMfa,
  MfaCodeInvalid,
  PAGES_CLIENT_ID,
  ReadBrowserSession,
  ValidationFailed,
} from '#contracts';
import { askOf } from '../edge/ask.js';
import { sendPage } from '../edge/security-headers.js';
import { signedInPage } from '../pages/sign-in-pages.js';
import type { SecondFactorForm, SignInForm, SignInQuery } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';
import { loginOf } from './credentials.rules.js';
import { secondStepOf, SignInSteps } from './sign-in-steps.service.js';
import { SignInService } from './sign-in.service.js';
import { unless } from './sign-in-answers.js';

/** The pages to sign in at: forms, and the cookie of Gatehouse's own pages. */
@Injectable()
export class SignInPagesService {
  constructor(
    private readonly bus: Bus,
    private readonly browser: BrowserService,
    private readonly signIn: SignInService,
    private readonly steps: SignInSteps,
  ) {}

  show(query: SignInQuery, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const { session_token } = await this.browser.session(request);
      if (query.request || query.return_to || !session_token) return this.steps.ask(query, request, reply);
      const { username } = await this.bus.send(ReadBrowserSession, { session_token }, askOf(request));
      return username === null ? this.steps.ask(query, request, reply) : sendPage(reply, signedInPage(username));
    });
  }

  /** The first factor. */
  enter(form: SignInForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const before = await this.browser.actingSession(request);
      const { login, password } = form;
      const body = loginOf({ username: login, password, client_id: PAGES_CLIENT_ID }, 'any');
      const answer = await unless([InvalidCredentials], this.signIn.signIn(Login, body, request, reply));
      if (!answer) return this.steps.ask(form, request, reply, InvalidCredentials.title);
      if ('mfa_required' in answer) return this.steps.askForCode(secondStepOf(form, answer), request, reply);
      await this.steps.goOn(form, before, request, reply);
    });
  }

  /** The second factor. */
  confirm(form: SecondFactorForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const before = await this.browser.actingSession(request);
      const asked = this.bus.send(LoginMfa, { mfa_token: form.mfa_token, code: form.code }, askOf(request));
      const answer = await unless(
        [MfaCodeInvalid, ValidationFailed],
        asked.then((signedIn) => this.browser.deliver(signedIn, reply)),
      );
      if (!answer) return this.steps.askForCode(form, request, reply, MfaCodeInvalid.title);
      await this.steps.goOn(form, before, request, reply);
    });
  }
}
