import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import { EndAuthorization, ListProviders, ReadAuthorization, type MfaChallenge, type ProviderName } from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { askOf } from '../edge/ask.js';
import { sendPage, type PageOptions } from '../edge/security-headers.js';
import { secondFactorPage, signInPage } from '../pages/sign-in-pages.js';
import { formTargetOf, pageToReturnTo, targetOf, type SignInQuery } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';

/** Where a sign-in that is complete goes on. */
const nextOf = ({ request, return_to }: SignInQuery): string =>
  request ? `/oauth/continue?request=${request}` : (pageToReturnTo(return_to) ?? '/signin');

/** The second step of a sign-in, as its page needs it. */
export const secondStepOf = (target: SignInQuery, { mfa_token, methods }: MfaChallenge) => ({
  ...targetOf(target),
  ...{ mfa_token, passkeys: methods.includes('passkey') ? 'yes' : undefined },
});

/** What the ways to sign in at our pages share: the questions, and how it goes on. */
@Injectable()
export class SignInSteps {
  constructor(
    private readonly bus: Bus,
    private readonly browser: BrowserService,
    private readonly revocations: GatewayRevocations,
  ) {}

  /** The session that the browser had before is over (R-SE2). */
  async goOn(
    target: SignInQuery,
    before: { session_token?: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    await this.end(before, request);
    this.browser.go(reply, nextOf(target));
  }

  /** Ends the session that a request still names, when another one has taken its place. */
  async endEarlier(request: FastifyRequest): Promise<void> {
    await this.end(await this.browser.session(request), request);
  }

  private async end(before: { session_token?: string }, request: FastifyRequest): Promise<void> {
    if (before.session_token) await this.revocations.addAll(this.bus.send(EndAuthorization, before, askOf(request)));
  }

  async ask(
    query: SignInQuery & { login?: string },
    request: FastifyRequest,
    reply: FastifyReply,
    problem?: string,
  ): Promise<void> {
    const [{ client_name, login_hint, ...options }, providers] = await Promise.all([
      this.asking(query, request),
      this.providers(request),
    ]);
    const shown = { ...targetOf(query), client_name, login: query.login ?? login_hint, problem, providers };
    sendPage(reply, signInPage(shown), { ...options, ...(problem ? { status: 401 } : {}) });
  }

  async askForCode(
    form: SignInQuery & { mfa_token: string; passkeys?: string },
    request: FastifyRequest,
    reply: FastifyReply,
    problem?: string,
  ): Promise<void> {
    const { form: leads } = await this.asking(form, request);
    const { mfa_token, passkeys } = form;
    const shown = { ...targetOf(form), mfa_token, passkeys: passkeys === 'yes' ? passkeys : undefined, problem };
    sendPage(reply, secondFactorPage(shown), { form: leads, ...(problem ? { status: 401 } : {}) });
  }

  /** None while nobody can say which: the form of the page may still work in a moment. */
  private async providers(request: FastifyRequest): Promise<ProviderName[]> {
    const none = { providers: [] };
    return (await this.bus.send(ListProviders, {}, askOf(request)).catch(() => none)).providers;
  }

  /** What the page has to know of the application that asks: its name, and where its form may lead in the end. */
  async asking(
    { request: request_id }: SignInQuery,
    request: FastifyRequest,
  ): Promise<PageOptions & { client_name?: string; login_hint?: string }> {
    if (!request_id) return { form: { leadsTo: [] } };
    const prompt = await this.bus.send(ReadAuthorization, { request_id }, askOf(request));
    const { client_name, login_hint, redirect_uri } = prompt;
    return { client_name, login_hint: login_hint ?? undefined, form: { leadsTo: [formTargetOf(redirect_uri)] } };
  }
}
