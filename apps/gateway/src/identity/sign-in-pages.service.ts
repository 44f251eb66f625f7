import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  EndAuthorization,
  InvalidCredentials,
  Login,
  LoginMfa,
  MfaCodeInvalid,
  PAGES_CLIENT_ID,
  ReadAuthorization,
  ReadBrowserSession,
  Refusal,
  ValidationFailed,
  type ErrorSpec,
  type MfaChallenge,
  type TokenSet,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { askOf } from '../edge/ask.js';
import { sendPage, type PageOptions } from '../edge/security-headers.js';
import { secondFactorPage, signedInPage, signInPage } from '../pages/sign-in-pages.js';
import {
  formTargetOf,
  pageToReturnTo,
  type SecondFactorForm,
  type SignInForm,
  type SignInQuery,
} from './authorization.rules.js';
import { BrowserService } from './browser.service.js';
import { loginOf } from './credentials.rules.js';
import { SignInService } from './sign-in.service.js';

type SignInAnswer = TokenSet | MfaChallenge;

/** Where a sign-in that is complete goes on. */
const nextOf = ({ request, return_to }: SignInQuery): string =>
  request ? `/oauth/continue?request=${request}` : (pageToReturnTo(return_to) ?? '/signin');

const targetOf = ({ request, return_to }: SignInQuery) => ({ request, return_to: pageToReturnTo(return_to) });

/** What a form is shown again for; everything else ends it. */
async function unless(refused: readonly ErrorSpec[], answer: Promise<SignInAnswer>): Promise<SignInAnswer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && refused.some((spec) => error.is(spec))) return undefined;
    throw error;
  }
}

/** The pages to sign in at: forms, and the cookie of Gatehouse's own pages. */
@Injectable()
export class SignInPagesService {
  constructor(
    private readonly bus: Bus,
    private readonly browser: BrowserService,
    private readonly signIn: SignInService,
    private readonly revocations: GatewayRevocations,
  ) {}

  show(query: SignInQuery, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const { session_token } = await this.browser.session(request);
      if (query.request || query.return_to || !session_token) return this.ask(query, request, reply);
      const { username } = await this.bus.send(ReadBrowserSession, { session_token }, askOf(request));
      return username === null ? this.ask(query, request, reply) : sendPage(reply, signedInPage(username));
    });
  }

  /** The first factor. */
  enter(form: SignInForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const before = await this.browser.actingSession(request);
      const { login, password } = form;
      const body = loginOf({ username: login, password, client_id: PAGES_CLIENT_ID }, 'any');
      const answer = await unless([InvalidCredentials], this.signIn.signIn(Login, body, request, reply));
      if (!answer) return this.ask(form, request, reply, InvalidCredentials.title);
      if ('mfa_required' in answer) return this.askForCode({ ...form, mfa_token: answer.mfa_token }, request, reply);
      await this.goOn(form, before, request, reply);
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
      if (!answer) return this.askForCode(form, request, reply, MfaCodeInvalid.title);
      await this.goOn(form, before, request, reply);
    });
  }

  /** The session that the browser had before is over (R-SE2). */
  private async goOn(
    target: SignInQuery,
    before: { session_token?: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (before.session_token) await this.revocations.addAll(this.bus.send(EndAuthorization, before, askOf(request)));
    this.browser.go(reply, nextOf(target));
  }

  private async ask(
    query: SignInQuery & { login?: string },
    request: FastifyRequest,
    reply: FastifyReply,
    problem?: string,
  ): Promise<void> {
    const { client_name, login_hint, ...options } = await this.asking(query, request);
    const shown = { ...targetOf(query), client_name, login: query.login ?? login_hint, problem };
    sendPage(reply, signInPage(shown), { ...options, ...(problem ? { status: 401 } : {}) });
  }

  private async askForCode(
    form: SignInQuery & { mfa_token: string },
    request: FastifyRequest,
    reply: FastifyReply,
    problem?: string,
  ): Promise<void> {
    const { form: leads } = await this.asking(form, request);
    const shown = { ...targetOf(form), mfa_token: form.mfa_token, problem };
    sendPage(reply, secondFactorPage(shown), { form: leads, ...(problem ? { status: 401 } : {}) });
  }

  /** What the page has to know of the application that asks: its name, and where its form may lead in the end. */
  private async asking(
    { request: request_id }: SignInQuery,
    request: FastifyRequest,
  ): Promise<PageOptions & { client_name?: string; login_hint?: string }> {
    if (!request_id) return { form: { leadsTo: [] } };
    const prompt = await this.bus.send(ReadAuthorization, { request_id }, askOf(request));
    const { client_name, login_hint, redirect_uri } = prompt;
    return { client_name, login_hint: login_hint ?? undefined, form: { leadsTo: [formTargetOf(redirect_uri)] } };
  }
}
