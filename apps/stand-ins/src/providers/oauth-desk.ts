import { createHash } from 'node:crypto';
import type { StandInAnswer, StandInRequest } from '../http/http-stand-in.js';
import type { Desk, Issued } from './desk.js';
import type { Provider } from './person.js';

/** Signs the person in without a word and sends the browser back, with a code or with a no. */
export function authorize(desk: Desk, provider: Provider, { query }: StandInRequest): StandInAnswer {
  const redirect_uri = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== desk.registration.client_id || !URL.canParse(redirect_uri)) {
    return { status: 400, json: { error: 'invalid_request' } };
  }
  const back = new URL(redirect_uri);
  const state = query.get('state');
  if (state !== null) back.searchParams.set('state', state);
  const person = desk.person(provider);
  if (person.deny) back.searchParams.set('error', 'access_denied');
  else {
    const { client_id } = desk.registration;
    const [code_challenge, nonce] = [query.get('code_challenge'), query.get('nonce')];
    back.searchParams.set('code', desk.give({ provider, person, client_id, redirect_uri, code_challenge, nonce }));
  }
  return { status: 302, headers: { location: back.href }, content: '' };
}

/** What a token request is for; nothing when it is not in order. */
export function redeem(desk: Desk, provider: Provider, { body }: StandInRequest): Issued | undefined {
  const issued = desk.take(String(body['code'] ?? ''));
  const { client_id, client_secret } = desk.registration;
  if (!issued || issued.provider !== provider || issued.redirect_uri !== body['redirect_uri']) return undefined;
  if (body['client_id'] !== client_id || body['client_secret'] !== client_secret) return undefined;
  const shown = createHash('sha256')
    .update(String(body['code_verifier'] ?? ''))
    .digest('base64url');
  return issued.code_challenge === null || issued.code_challenge === shown ? issued : undefined;
}
