import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  EmailTaken,
  PAGES_CLIENT_ID,
  parse,
  PasswordTooWeak,
  Refusal,
  RegisterUserRequest,
  UsernameTaken,
  ValidationFailed,
} from '#contracts';
import { sendPage } from '../edge/security-headers.js';
import { lookIntoMailPage, registrationPage } from '../pages/registration-page.js';
import { targetOf, type RegistrationForm, type SignInQuery } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { SignInService } from './sign-in.service.js';

/** What its person can put right. */
const REFUSED = [ValidationFailed, EmailTaken, UsernameTaken, PasswordTooWeak];

const sentencesOf = ({ title, extras: { errors, detail } }: Refusal): string[] =>
  errors?.length ? errors.map((error) => `${error.field}: ${error.detail}`) : [detail ?? title];

/** The page to make an account at. */
@Injectable()
export class RegistrationPagesService {
  constructor(
    private readonly browser: BrowserService,
    private readonly signIn: SignInService,
    private readonly steps: SignInSteps,
  ) {}

  show(query: SignInQuery, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, () => this.ask(query, [], request, reply));
  }

  make(form: RegistrationForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const before = await this.browser.actingSession(request);
      try {
        const { email, username, password } = form;
        const input = parse(RegisterUserRequest, { email, username, password, client_id: PAGES_CLIENT_ID });
        const made = await this.signIn.register(input, request, reply);
        if ('verification_required' in made) return sendPage(reply, lookIntoMailPage);
      } catch (error) {
        if (!(error instanceof Refusal) || !REFUSED.some((spec) => error.is(spec))) throw error;
        return this.ask(form, sentencesOf(error), request, reply);
      }
      await this.steps.goOn(form, before, request, reply);
    });
  }

  private async ask(
    typed: SignInQuery & { email?: string; username?: string },
    problems: string[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { client_name, form } = await this.steps.asking(typed, request);
    const { email, username } = typed;
    const shown = { ...targetOf(typed), client_name, email, username, problems };
    sendPage(reply, registrationPage(shown), { form, ...(problems.length ? { status: 400 } : {}) });
  }
}
