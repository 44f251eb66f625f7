import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  PAGES_CLIENT_ID,
  Refusal,
  type AuthorizationStep,
  type ClientPolicy,
  type MfaChallenge,
  type SignedIn,
  type TokenSet,
} from '#contracts';
import { cookieName, readCookies } from '../edge/cookies.rules.js';
import { mayActWithCookies } from '../edge/cross-site.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { OriginsService } from '../edge/origins.service.js';
import { STATUS_OF } from '../edge/problems.rules.js';
import { sendPage } from '../edge/security-headers.js';
import { troublePage } from '../pages/sign-out-pages.js';
import { DeliveryService } from './delivery.service.js';

/** What is known of the browser behind a request to a page, and how it is sent on. */
@Injectable()
export class BrowserService {
  constructor(
    private readonly delivery: DeliveryService,
    private readonly origins: OriginsService,
  ) {}

  /** Who came: the cookie's token. For reads, which another site may lead to; nothing is done with it but looking. */
  async session(request: FastifyRequest): Promise<{ session_token?: string }> {
    const policy = await this.policy();
    const token = policy && readCookies(request.headers.cookie).get(cookieName(policy));
    return token ? { session_token: token } : {};
  }

  /**
   * The same for what is to be done in the person's name, or is to sign somebody in: only our own pages' forms may
   * (R-SE8, R-SE9).
   * @throws Refusal `cross_site_refused`
   */
  async actingSession(request: FastifyRequest): Promise<{ session_token?: string }> {
    const { origin, 'sec-fetch-site': fetchSite } = request.headers;
    const from = { origin, fetchSite: fetchSite as string | undefined };
    if (!mayActWithCookies(from, (o) => this.origins.allowsFor(o, PAGES_CLIENT_ID))) throw CrossSiteRefused.with();
    return this.session(request);
  }

  /** Puts a sign-in into the cookie, or answers what is still missing. */
  deliver(signedIn: SignedIn, reply: FastifyReply): Promise<TokenSet | MfaChallenge> {
    return this.delivery.deliverSignIn(signedIn, reply);
  }

  async forget(reply: FastifyReply): Promise<void> {
    const policy = await this.policy();
    if (policy) this.delivery.clear(policy, reply);
  }

  /** Always 303: the next request is a GET and brings none of the fields of this one (R-SE15). */
  go(reply: FastifyReply, to: string): void {
    void reply.code(303).header('location', to).send();
  }

  /** The page, or the application, that an authorization goes on at. */
  follow(reply: FastifyReply, { step, redirect_to, request_id }: AuthorizationStep): void {
    if (step === 'redirect') return this.go(reply, redirect_to!);
    const path = { sign_in: '/signin', consent: '/consent', resume: '/oauth/continue' }[step];
    this.go(reply, `${path}?request=${request_id}`);
  }

  /** Shows a person what was refused; whoever led here is not told (R-SE14). */
  async orTrouble(reply: FastifyReply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'internal') throw error;
      const { detail } = error.extras;
      sendPage(reply, troublePage(detail ?? error.title), { status: STATUS_OF[error.kind] });
    }
  }

  private policy(): Promise<ClientPolicy | undefined> {
    return this.delivery.policyOf(PAGES_CLIENT_ID);
  }
}
