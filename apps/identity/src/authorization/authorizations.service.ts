import { Injectable } from '@nestjs/common';
import {
  AuthorizationRequestOver,
  GrantRefused,
  OFFLINE_SCOPE,
  RedirectNotRegistered,
  UnknownClient,
  type AuthorizationPrompt,
  type AuthorizationRequestRef,
  type AuthorizationStep,
  type BeginAuthorizationRequest,
  type DecideAuthorizationRequest,
} from '#contracts';
import { Outbox } from '#persistence';
import { Clients } from '../clients/clients.service.js';
import { AuthorizationAnswers } from './authorization-answers.service.js';
import { readAuthorizationRequest } from './authorization-request.rules.js';
import { AuthorizationRequestsRepository, type OpenRequest } from './authorization-requests.repository.js';
import { PendingAuthorizations } from './pending-authorizations.service.js';
import { isRegistered } from './redirects.rules.js';

/** The authorization endpoint's decisions (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2). */
@Injectable()
export class Authorizations {
  constructor(
    private readonly clients: Clients,
    private readonly requests: AuthorizationRequestsRepository,
    private readonly pending: PendingAuthorizations,
    private readonly answers: AuthorizationAnswers,
    private readonly outbox: Outbox,
  ) {}

  /**
   * An application asks. What is wrong with the client or the address stays here, because nobody is known to whom it
   * could be told; everything else goes back to the application.
   * @throws Refusal `unknown_client`, `redirect_not_registered`
   */
  async begin({ parameters, session_token, deferred }: BeginAuthorizationRequest): Promise<AuthorizationStep> {
    if (!parameters.client_id) throw UnknownClient.with('client_id is required.');
    const policy = this.clients.policyOf(parameters.client_id);
    const { redirect_uri = '', state } = parameters;
    if (!isRegistered(redirect_uri, policy.redirects, policy.confidential)) throw RedirectNotRegistered.with();
    const request = readAuthorizationRequest(parameters, policy);
    if ('error' in request) return this.answers.refuse({ redirect_uri, state: state || undefined }, request);
    const askedAt = new Date();
    if (deferred) return { step: 'resume', request_id: (await this.requests.open(request, askedAt)).id };
    return this.pending.advance({ request, asked_at: askedAt }, session_token);
  }

  /** @throws Refusal `authorization_request_over` */
  async resume({ request_id, session_token }: AuthorizationRequestRef): Promise<AuthorizationStep> {
    return this.pending.advance(await this.find(request_id), session_token);
  }

  /** @throws Refusal `authorization_request_over` */
  async read({ request_id, session_token }: AuthorizationRequestRef): Promise<AuthorizationPrompt> {
    const { request, asked_at } = await this.find(request_id);
    const { client_id, redirect_uri, scopes, login_hint = null } = request;
    const policy = this.clients.policyOf(client_id);
    const person = await this.pending.personFor({ request, asked_at }, session_token);
    return {
      ...{ client_id, client_name: policy.name, redirect_uri, scopes, login_hint },
      access_ttl: policy.access_ttl,
      offline_ttl: scopes.includes(OFFLINE_SCOPE) && policy.delivery !== 'none' ? policy.refresh_ttl : 0,
      username: person?.username ?? null,
    };
  }

  /** The person has decided. @throws Refusal `authorization_request_over` */
  async decide({ request_id, session_token, approve }: DecideAuthorizationRequest): Promise<AuthorizationStep> {
    const open = await this.find(request_id);
    const person = await this.pending.personFor(open, session_token);
    if (!person) return { step: 'sign_in', request_id };
    if (!(await this.requests.consume(request_id))) throw AuthorizationRequestOver.with();
    if (approve) return this.answers.allow(open.request, person);
    const { client_id } = open.request;
    await this.outbox.append(GrantRefused, { user_id: person.user_id, client_id }, { key: person.user_id });
    return this.answers.refuse(open.request, { error: 'access_denied', error_description: 'The person said no.' });
  }

  private async find(id: string): Promise<OpenRequest> {
    const open = await this.requests.find(id);
    if (!open) throw AuthorizationRequestOver.with();
    return open;
  }
}
