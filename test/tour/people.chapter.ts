import * as oauth from 'oauth4webapi';
import type { DevInfo } from '#local';
import { call, CookieJar } from '../support/http.js';
import { login, me, newcomer, refresh, type Newcomer, type SignedIn } from '../support/people.js';
import { expect, type Teller } from './tell.js';

/** 1. A person registers, signs in, calls me, refreshes, lists and ends sessions, signs out. */
export async function people(dev: DevInfo, tell: Teller): Promise<SignedIn> {
  tell.chapter('1  A person');
  const api = `${dev.public_url}/v1`;
  const who = newcomer();
  const person: SignedIn = { ...who, accessToken: '', refreshToken: '', userId: '' };
  const keep = (body: { access_token: string; refresh_token: string; user: { id: string } }) =>
    Object.assign(person, { accessToken: body.access_token, refreshToken: body.refresh_token, userId: body.user.id });

  await tell.step('registers', async () => {
    const { status, body } = await call('POST', `${api}/auth/register`, { json: who });
    expect(status === 201 && body.access_token && body.refresh_token, '201 with tokens', { status, body });
    keep(body);
    return `plan ${body.user.plan}`;
  });
  await tell.step('signs in with the password, and not with another', async () => {
    const wrong = await login(dev, { ...who, password: `${who.password}!` });
    expect(wrong.status === 401 && wrong.body.code === 'invalid_credentials', '401 invalid_credentials', wrong.body);
    const { status, body } = await call('POST', `${api}/auth/login`, {
      json: { email: who.email, password: who.password },
    });
    expect(status === 200, '200', { status, body });
    keep(body);
  });
  await tell.step('is told who they are', async () => {
    const { status, body } = await me(dev, person.accessToken);
    expect(status === 200 && body.email === who.email, 'their own account', { status, body });
    return body.username;
  });
  await tell.step('refreshes; a lost answer is given again, byte for byte', async () => {
    const ask = () => refresh(dev, person.refreshToken);
    const [first, again] = [await ask(), await ask()];
    expect(first.status === 200 && again.status === 200, '200 twice', [first.body, again.body]);
    expect(first.body.refresh_token === again.body.refresh_token, 'the same successor');
    keep(first.body);
  });
  await stockClient(dev, tell, person);
  await browser(dev, tell, who);
  await sessions(dev, tell, who, person);
  return person;
}

async function stockClient(dev: DevInfo, tell: Teller, person: SignedIn): Promise<void> {
  await tell.step('refreshes with a stock OAuth client library', async () => {
    const issuer = new URL(dev.public_url);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const server = await oauth
      .discoveryRequest(issuer, { ...insecure, algorithm: 'oidc' })
      .then((r) => oauth.processDiscoveryResponse(issuer, r));
    const client = { client_id: 'branchpy-cli' };
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), person.refreshToken, insecure);
    const tokens = await oauth.processRefreshTokenResponse(server, client, response);
    expect(tokens.refresh_token, 'a refresh token');
    Object.assign(person, { accessToken: tokens.access_token, refreshToken: tokens.refresh_token });
    return 'oauth4webapi';
  });
}

async function browser(dev: DevInfo, tell: Teller, who: Newcomer): Promise<void> {
  await tell.step('comes back after a page reload by cookie alone', async () => {
    const jar = new CookieJar();
    const login = { email: who.email, password: who.password, client_id: 'tachigo-dashboard' };
    const signedIn = await call('POST', `${dev.public_url}/api/v1/auth/login`, { json: login, jar });
    expect(
      signedIn.status === 200 && signedIn.body.refresh_token === undefined,
      'no refresh token in the body',
      signedIn.body,
    );
    const restored = await call('POST', `${dev.public_url}/api/v1/auth/refresh`, { jar });
    expect(restored.status === 200 && restored.body.access_token, 'an access token', restored.body);
    const cookie = jar.names[0];
    const out = await call('POST', `${dev.public_url}/api/v1/auth/logout`, { jar });
    expect(out.status === 204 && jar.names.length === 0, '204 and no cookie left', {
      status: out.status,
      names: jar.names,
    });
    return cookie;
  });
}

async function sessions(dev: DevInfo, tell: Teller, who: Newcomer, person: SignedIn): Promise<void> {
  const api = `${dev.public_url}/v1`;
  await tell.step('ends another session from the list; its tokens are dead at once', async () => {
    const other = await login(dev, who);
    const list = await call('GET', `${api}/auth/sessions`, { token: other.body.access_token });
    const current = list.body.sessions.find((s: { current: boolean }) => s.current);
    expect(current && list.body.sessions.length >= 2, 'the present session among others', list.body);
    const ended = await call('DELETE', `${api}/auth/sessions/${current.id}`, { token: person.accessToken });
    expect(ended.status === 204, '204', ended.body);
    const dead = await me(dev, other.body.access_token);
    const refused = await refresh(dev, other.body.refresh_token);
    expect(dead.status === 401 && refused.status === 401, '401 and 401', [dead.status, refused.status]);
    return `${list.body.sessions.length} sessions`;
  });
  await tell.step('signs out, and in again for the rest of the tour', async () => {
    const out = await call('POST', `${api}/auth/logout`, { token: person.accessToken });
    expect(out.status === 204, '204', out.body);
    const dead = await me(dev, person.accessToken);
    expect(dead.status === 401, '401 after the sign-out', dead.status);
    const { body } = await login(dev, who);
    Object.assign(person, { accessToken: body.access_token, refreshToken: body.refresh_token });
  });
}
