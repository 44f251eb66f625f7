import { Injectable } from '@nestjs/common';
import { AuthorizationRequestOver, type AuthorizationStep } from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { AuthorizationAnswers } from './authorization-answers.service.js';
import type { AuthorizationRequest, RequestProblem } from './authorization-request.rules.js';
import { AuthorizationRequestsRepository, type OpenRequest } from './authorization-requests.repository.js';
import { BrowserSessionsRepository, type SignedInBrowser } from './browser-sessions.repository.js';
import { GrantsRepository } from './grants.repository.js';

/** A request, kept already or just come. */
type Pending = Omit<OpenRequest, 'id'> & { id?: string };

/** What `prompt=none` is answered with when there is something to do after all. */
const PROBLEMS = {
  sign_in: { error: 'login_required', error_description: 'The person has to sign in.' },
  consent: { error: 'consent_required', error_description: 'The person has to allow this.' },
} as const satisfies Record<string, RequestProblem>;

/** Requests on their way: what a person has still to do before the application gets its code. */
@Injectable()
export class PendingAuthorizations {
  constructor(
    private readonly clients: Clients,
    private readonly requests: AuthorizationRequestsRepository,
    private readonly browsers: BrowserSessionsRepository,
    private readonly grants: GrantsRepository,
    private readonly answers: AuthorizationAnswers,
  ) {}

  /** As far as a request gets without its person; it is kept while the person has something to do. */
  async advance(pending: Pending, sessionToken: string | undefined): Promise<AuthorizationStep> {
    const { request, id } = pending;
    const person = await this.personFor(pending, sessionToken);
    const step = !person ? 'sign_in' : (await this.needsConsent(request, person)) ? 'consent' : undefined;
    if (!step) {
      if (id !== undefined && !(await this.requests.consume(id))) throw AuthorizationRequestOver.with();
      return this.answers.allow(request, person!);
    }
    if (request.prompt.includes('none')) return this.answers.refuse(request, PROBLEMS[step]);
    return { step, request_id: id ?? (await this.requests.open(request, pending.asked_at)).id };
  }

  /** Who is signed in at the browser: as freshly as the request wants it, and by what the account asks for now (R-MF7). */
  async personFor(pending: Pending, sessionToken: string | undefined): Promise<SignedInBrowser | undefined> {
    const person = await this.browsers.find(sessionToken);
    return person && !person.lacks_factor && isFreshEnough(pending, person) ? person : undefined;
  }

  /** Of one's own studio nobody asks, unless the application itself wants it so. */
  private async needsConsent(
    { client_id, scopes, prompt }: AuthorizationRequest,
    { user_id }: SignedInBrowser,
  ): Promise<boolean> {
    if (prompt.includes('consent')) return true;
    if (this.clients.policyOf(client_id).first_party) return false;
    const allowed = await this.grants.scopesOf(user_id, client_id);
    return !scopes.every((scope) => allowed.includes(scope));
  }
}

/** A sign-in after the request was made is as fresh as any can be. */
function isFreshEnough({ request, asked_at }: Pending, { auth_time }: SignedInBrowser): boolean {
  if (auth_time >= asked_at) return true;
  if (request.prompt.includes('login') || request.prompt.includes('select_account')) return false;
  return request.max_age === undefined || Date.now() - auth_time.getTime() <= request.max_age * 1_000;
}
