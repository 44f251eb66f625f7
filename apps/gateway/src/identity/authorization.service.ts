import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  BeginAuthorization,
  DecideAuthorization,
  ReadAuthorization,
  ResumeAuthorization,
  type AuthorizationParameters,
} from '#contracts';
import { askOf } from '../edge/ask.js';
import { sendPage } from '../edge/security-headers.js';
import { consentPage } from '../pages/consent-pages.js';
import { formTargetOf, type ConsentForm } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';

/** The authorization endpoint and the question for consent, as a browser sees them. */
@Injectable()
export class AuthorizationService {
  constructor(
    private readonly bus: Bus,
    private readonly browser: BrowserService,
  ) {}

  /** An application has sent the browser here with a link. */
  begin(parameters: AuthorizationParameters, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const session = await this.browser.session(request);
      this.browser.follow(reply, await this.bus.send(BeginAuthorization, { parameters, ...session }, askOf(request)));
    });
  }

  /** The same with a form. Another site's form brings no cookies, so the browser first comes back by a link. */
  defer(parameters: AuthorizationParameters, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const asked = { parameters, deferred: true };
      this.browser.follow(reply, await this.bus.send(BeginAuthorization, asked, askOf(request)));
    });
  }

  resume(request_id: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const asked = { request_id, ...(await this.browser.session(request)) };
      this.browser.follow(reply, await this.bus.send(ResumeAuthorization, asked, askOf(request)));
    });
  }

  ask(request_id: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const asked = { request_id, ...(await this.browser.session(request)) };
      const prompt = await this.bus.send(ReadAuthorization, asked, askOf(request));
      if (prompt.username === null) return this.browser.follow(reply, { step: 'sign_in', request_id });
      const form = { leadsTo: [formTargetOf(prompt.redirect_uri)] };
      sendPage(reply, consentPage(request_id, prompt), { form });
    });
  }

  decide(form: ConsentForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const session = await this.browser.actingSession(request);
      const asked = { request_id: form.request, approve: form.decision === 'allow', ...session };
      this.browser.follow(reply, await this.bus.send(DecideAuthorization, asked, askOf(request)));
    });
  }
}
