import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PAGES_CLIENT_ID } from '#contracts';
import { readCookies } from '../edge/cookies.rules.js';
import { GatewayConfig } from '../gateway.config.js';
import type { ArrivalQuery, SignInQuery } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';
import { arrivalProblem, TARGET_COOKIE, targetIn, writeTarget } from './provider-pages.rules.js';
import { CHALLENGE_COOKIE, challengeIn, shortCookie } from './providers.rules.js';
import { ProvidersService } from './providers.service.js';
import { secondStepOf, SignInSteps } from './sign-in-steps.service.js';

/** Providers at our own sign-in page. Where the sign-in goes on waits in a cookie meanwhile. */
@Injectable()
export class ProviderPagesService {
  constructor(
    private readonly config: GatewayConfig,
    private readonly browser: BrowserService,
    private readonly providers: ProvidersService,
    private readonly steps: SignInSteps,
  ) {}

  leave(target: SignInQuery, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      reply.header('set-cookie', shortCookie(TARGET_COOKIE, writeTarget(target)));
      const return_to = `${this.config.publicUrl}/signin/done`;
      await this.providers.start({ client_id: PAGES_CLIENT_ID, register: true, return_to }, request, reply);
    });
  }

  /** The callback has put the session, or the question for a second factor, into a cookie. */
  arrive({ error, mfa_required }: ArrivalQuery, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const cookies = readCookies(request.headers.cookie);
      const target = targetIn(cookies.get(TARGET_COOKIE));
      reply.header('set-cookie', shortCookie(TARGET_COOKIE, '', 0));
      const challenge = mfa_required ? challengeIn(cookies.get(CHALLENGE_COOKIE)) : undefined;
      if (challenge) {
        reply.header('set-cookie', shortCookie(CHALLENGE_COOKIE, '', 0));
        return this.steps.askForCode(secondStepOf(target, challenge), request, reply);
      }
      if (error || mfa_required) return this.steps.ask(target, request, reply, arrivalProblem(error));
      await this.steps.goOn(target, {}, request, reply);
    });
  }
}
