import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  FinishProvider,
  InsufficientUserAuthentication,
  PAGES_CLIENT_ID,
  StartProvider,
  StartProviderLink,
  Unauthenticated,
  type MfaChallenge,
  type ProviderName,
  type ProviderStart,
  type UserActor,
} from '#contracts';
import { bearerOf, demandFresh } from '../access/access-guard.js';
import { TokenReader } from '../access/token-reader.js';
import { askOf } from '../edge/ask.js';
import { readCookies } from '../edge/cookies.rules.js';
import { mayActWithCookies } from '../edge/cross-site.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { OriginsService } from '../edge/origins.service.js';
import { DeliveryService } from './delivery.service.js';
import {
  arrivalOf,
  BROWSER_COOKIE,
  CHALLENGE_COOKIE,
  challengeCookie,
  challengeIn,
  parametersOf,
  providerIn,
  shortCookie,
  type StartQuery,
} from './providers.rules.js';
import { SignInSteps } from './sign-in-steps.service.js';

const SECRET = /^[\w-]{43}$/;

/** Sends browsers to providers and takes them back. What happens in between is identity’s business. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly bus: Bus,
    private readonly tokens: TokenReader,
    private readonly origins: OriginsService,
    private readonly delivery: DeliveryService,
    private readonly steps: SignInSteps,
  ) {}

  /** A navigation signs in. A request with a bearer token is no navigation: it links. */
  async start(query: StartQuery, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const actor = bearerOf(request) === undefined ? undefined : await this.linker(request);
    const input = { ...query, provider: providerIn(request), browser: bindBrowser(request, reply) };
    const command = actor ? StartProviderLink : StartProvider;
    const { authorize_url } = await this.bus.send(command, input, { ...askOf(request), actor });
    redirect(reply, authorize_url);
  }

  /** Who wants to link. A token that is no good must not turn a link into a sign-in. */
  private async linker(request: FastifyRequest): Promise<UserActor> {
    const actor = await this.tokens.personBehind(request);
    if (!actor) throw InsufficientUserAuthentication.with('Sign in again: the access token is not valid.');
    demandFresh(actor, StartProviderLink.freshAuth);
    return actor;
  }

  /** Where the page that asks has to send its own browser, and no other (R-LK7). */
  startLink(
    provider: ProviderName,
    body: StartQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<ProviderStart> {
    const input = { ...body, provider, browser: bindBrowser(request, reply) };
    return this.bus.send(StartProviderLink, input, askOf(request));
  }

  /** Hands over as E-oauth.handoff says: the session as a cookie, the person’s id in the address. */
  async finish(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const browser = browserOf(request);
    const finished = await this.bus.send(
      FinishProvider,
      { provider: providerIn(request), parameters: parametersOf(request), ...(browser ? { browser } : {}) },
      askOf(request),
    );
    const { issued, challenge } = finished.signed_in ?? {};
    if (issued) await this.delivery.deliver(issued, reply);
    // Of the session that our own pages had before nobody has the cookie any more (R-SE2).
    if (issued?.client_id === PAGES_CLIENT_ID) await this.steps.endEarlier(request);
    if (challenge) reply.header('set-cookie', challengeCookie(challenge));
    redirect(reply, arrivalOf(finished));
  }

  /**
   * The question for the second factor that a callback left in this browser; once.
   * @throws Refusal `unauthenticated` when there is none; `cross_site_refused` for a page of no client
   */
  pending(request: FastifyRequest, reply: FastifyReply): MfaChallenge {
    const from = { origin: request.headers.origin, fetchSite: request.headers['sec-fetch-site'] as string | undefined };
    if (!mayActWithCookies(from, (origin) => this.origins.allows(origin))) throw CrossSiteRefused.with();
    const challenge = challengeIn(readCookies(request.headers.cookie).get(CHALLENGE_COOKIE));
    reply.header('set-cookie', shortCookie(CHALLENGE_COOKIE, '', 0));
    if (!challenge) throw Unauthenticated.with('No sign-in waits for a second factor in this browser.');
    return challenge;
  }
}

function redirect(reply: FastifyReply, url: string): void {
  void reply.code(302).header('location', url).send();
}

const browserOf = (request: FastifyRequest): string | undefined => {
  const secret = readCookies(request.headers.cookie).get(BROWSER_COOKIE);
  return secret && SECRET.test(secret) ? secret : undefined;
};

/** The secret of this browser: tabs that sign in at once share it. */
function bindBrowser(request: FastifyRequest, reply: FastifyReply): string {
  const secret = browserOf(request) ?? randomBytes(32).toString('base64url');
  reply.header('set-cookie', shortCookie(BROWSER_COOKIE, secret));
  return secret;
}
