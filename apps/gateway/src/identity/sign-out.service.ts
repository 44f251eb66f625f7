import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IdTokenReader, type IdTokenHint } from '#access-tokens';
import { Bus } from '#bus';
import { EndAuthorization, ReadBrowserSession, type BrowserSession, type EndAuthorizationRequest } from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { askOf } from '../edge/ask.js';
import { sendPage } from '../edge/security-headers.js';
import { confirmSignOutPage, signedOutPage } from '../pages/sign-out-pages.js';
import { formTargetOf, type SignOutForm } from './authorization.rules.js';
import { BrowserService } from './browser.service.js';
import { OAuthClients } from './oauth-clients.service.js';

const NOBODY: BrowserSession = { user_id: null, session_id: null, username: null };

/** Signing out at the browser, started by an application or not (OpenID Connect RP-Initiated Logout 1.0). */
@Injectable()
export class SignOutService {
  constructor(
    private readonly bus: Bus,
    private readonly browser: BrowserService,
    private readonly hints: IdTokenReader,
    private readonly clients: OAuthClients,
    private readonly revocations: GatewayRevocations,
  ) {}

  /**
   * An application's ID token of the person who is signed in here proves that it may end this; else the person is
   * asked, because any site can lead a browser here (R-AS10).
   */
  begin(form: SignOutForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const hint = await this.hintIn(form);
      const target = await this.targetOf(form, hint);
      const session = await this.browser.session(request);
      const who = await this.who(session, request);
      const proven = hint && (who.user_id === null || who.user_id === hint.user_id);
      if (!proven && who.user_id !== null) {
        const { post_logout_redirect_uri, state } = form;
        const fields = { client_id: hint?.client_id ?? form.client_id, post_logout_redirect_uri, state };
        const options = { form: { leadsTo: target ? [formTargetOf(target)] : [] } };
        return sendPage(reply, confirmSignOutPage(who.username, fields), options);
      }
      const { user_id, session_id } = hint ?? {};
      const named = user_id && session_id ? { user_id, session_id } : {};
      return this.end({ ...named, ...session }, target, request, reply);
    });
  }

  /** The same with a form. Another site's form brings no cookies, so the browser first comes back by a link. */
  async beginByForm(form: SignOutForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if ((await this.browser.session(request)).session_token) return this.begin(form, request, reply);
    const query = new URLSearchParams(Object.entries(form) as [string, string][]).toString();
    this.browser.go(reply, query ? `/oauth/logout?${query}` : '/oauth/logout');
  }

  /** The person has said so, on our own page. */
  confirm(form: SignOutForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.browser.orTrouble(reply, async () => {
      const session = await this.browser.actingSession(request);
      return this.end(session, await this.targetOf(form, undefined), request, reply);
    });
  }

  private async end(
    what: EndAuthorizationRequest,
    target: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    await this.revocations.addAll(this.bus.send(EndAuthorization, what, askOf(request)));
    await this.browser.forget(reply);
    reply.header('clear-site-data', '"cache", "storage"');
    if (target) return this.browser.go(reply, target);
    sendPage(reply, signedOutPage);
  }

  private async who({ session_token }: { session_token?: string }, request: FastifyRequest): Promise<BrowserSession> {
    return session_token ? this.bus.send(ReadBrowserSession, { session_token }, askOf(request)) : NOBODY;
  }

  /** A hint that names another client than the request does is none. */
  private async hintIn({ id_token_hint, client_id }: SignOutForm): Promise<IdTokenHint | undefined> {
    const hint = id_token_hint === undefined ? undefined : await this.hints.read(id_token_hint);
    return hint && client_id !== undefined && client_id !== hint.client_id ? undefined : hint;
  }

  /** Where to go afterwards: only an address that is registered for exactly this, with `state` (R-SE14). */
  private async targetOf(form: SignOutForm, hint: IdTokenHint | undefined): Promise<string | undefined> {
    const { post_logout_redirect_uri: uri, state } = form;
    const client_id = hint?.client_id ?? form.client_id;
    if (uri === undefined || client_id === undefined) return undefined;
    const policy = await this.clients.find(client_id);
    if (!policy?.post_logout_redirects.includes(uri)) return undefined;
    const separator = uri.includes('?') ? '&' : '?';
    return state === undefined ? uri : `${uri}${separator}${new URLSearchParams({ state }).toString()}`;
  }
}
