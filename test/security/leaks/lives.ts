import { createHmac, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { DevInfo } from '#local';
import { bytesOf, totpCode } from '../../support/authenticator-app.js';
import { gatehouse } from '../../support/command-line.js';
import { call, CookieJar } from '../../support/http.js';
import { eventually, type Stack } from '../../support/index.js';
import { mailed } from '../../support/mailed.js';
import * as people from '../../support/people.js';
import type { BusTap } from './bus-tap.js';
import { plant, type Canaries } from './canaries.js';

/** A day on which everything secret goes where it has to go. */
export class Lives {
  /** What is shown to somebody who must have it, and what nobody else may find. */
  readonly secrets: Canaries = new Map();
  /** What tells who somebody is. */
  readonly personal: Canaries = new Map();
  private readonly dev: DevInfo;

  constructor(
    private readonly stack: Stack,
    private readonly tap: BusTap,
  ) {
    this.dev = stack.info;
  }

  async run(): Promise<void> {
    this.configured();
    const who = await this.account();
    await this.secondFactor(who);
    await this.streams(who);
    await this.chat(who);
    await this.browser(who);
    await this.sale(who);
    await this.callers();
    await this.importedKey();
    await this.ends(who);
  }

  private keep(what: string, value: unknown): string {
    if (typeof value !== 'string') throw new Error(`there is no ${what}`);
    return plant(this.secrets, what, value);
  }

  private readonly post = (at: string, json: object, token?: string) =>
    call('POST', `${this.dev.public_url}/v1/${at}`, { json, token });

  /** What the apps are started with. */
  private configured(): void {
    const { dev, stack } = this;
    const read = (...names: string[]) => fs.readFileSync(path.join(stack.dir, ...names));
    this.keep('key-encryption key', read('kek').toString('base64url'));
    for (const file of fs.readdirSync(path.join(stack.dir, 'nkeys'))) {
      this.keep(`nkey seed: ${file}`, read('nkeys', file).toString().trim());
    }
    const state = JSON.parse(read('state.json').toString()) as {
      gumroad: { access_token: string };
      postgres: { superuser: string; roles: Record<string, string> };
    };
    this.keep('storefront API key: gumroad', state.gumroad.access_token);
    for (const [store, { webhook_secret }] of Object.entries(dev.storefronts)) {
      this.keep(`webhook secret: ${store}`, webhook_secret);
      const hmac = createHmac('sha256', state.gumroad.access_token).update(`${store} api key`);
      this.keep(`storefront API key: ${store}`, hmac.digest('base64url'));
    }
    this.keep('webhook secret: gumroad', dev.gumroad.webhook_secret);
    for (const [app, password] of Object.entries(state.postgres.roles))
      this.keep(`database password: ${app}`, password);
    this.keep('provider secret', 'known to everybody');
    for (const [name, secret] of Object.entries(dev.extension_secrets)) this.keep(`extension secret: ${name}`, secret);
    for (const [caller, secret] of Object.entries(dev.internal_callers)) this.keep(`caller secret: ${caller}`, secret);
    this.keep('password: of the admin', dev.admin.password);
  }

  private async account(): Promise<people.SignedIn> {
    const { dev } = this;
    const who = await people.register(dev, people.newcomer('canary'));
    this.personal.set('address', who.email).set('username', who.username);
    this.keep('password: of a person', who.password);
    this.keep('access token: of a registration', who.accessToken);
    this.keep('refresh token: of a registration', who.refreshToken);
    await people.verifyAddress(dev, who);
    const [mail] = await people.mailsTo(dev, who.email);
    this.keep('mail token: to verify an address', /token=([A-Za-z0-9_-]+)/.exec(mail!.text)![1]);
    await people.login(dev, { ...who, password: this.keep('password: a wrong one', `${who.password} not quite`) });
    const { body } = await people.licensed(dev, who);
    this.keep('access token: of a sign-in', body.access_token);
    this.keep('license token', body.license_token);
    this.keep('refresh token: of a sign-in', body.refresh_token);
    const rotated = (await people.refresh(dev, body.refresh_token)).body;
    this.keep('refresh token: rotated', rotated.refresh_token);
    const token = this.keep('access token: refreshed', rotated.access_token);
    await people.me(dev, token);
    await this.post('auth/me/token', { token });
    await watch(`${dev.public_url.replace('http', 'ws')}/v1/auth/ws?token=${token}`);
    const lost = this.keep('access token: at a lost path', 'lost-path-token-93f1');
    await call('GET', `${dev.public_url}/v1/nothing?token=${lost}`);
    return who;
  }

  /** Of somebody else: with a second factor the first person would have to give it each time. */
  private async secondFactor(first: people.SignedIn): Promise<void> {
    const who = await people.register(this.dev, {
      ...people.newcomer('second'),
      password: `${first.password} of mine`,
    });
    this.keep('password: with a second factor', who.password);
    const { secret } = (await this.post('auth/mfa/setup', {}, who.accessToken)).body;
    this.keep('MFA seed: as it is shown', secret);
    this.keep('MFA seed: its bytes', bytesOf(secret).toString('base64url'));
    const verified = await this.post('auth/mfa/verify', { code: totpCode(secret) }, who.accessToken);
    for (const [i, code] of verified.body.recovery_codes.entries()) this.keep(`recovery code: ${i}`, code);
    const { mfa_token } = (await people.login(this.dev, who)).body;
    this.keep('interim token', mfa_token);
    const done = await this.post('auth/login/mfa', { mfa_token, code: verified.body.recovery_codes[0] });
    this.keep('access token: after a second factor', done.body.access_token);
  }

  private async streams({ accessToken, password, userId }: people.SignedIn): Promise<void> {
    const json = {
      label: 'Main',
      platform: 'twitch',
      stream_key: this.keep('stream key', 'live_canary_0fa8e1b2c3d4e5f6'),
    };
    const { id } = (await this.post('auth/streams', json, accessToken)).body;
    const shown = await this.post(`auth/streams/${id}/reveal`, { password }, accessToken);
    if (shown.body.stream_key !== json.stream_key) throw new Error(`a reveal answered ${shown.status}`);
    const { grant } = await this.tap.answerOf<{ grant: string }>('identity.password.confirm');
    this.keep('reveal grant', grant);
    await people.internal(this.dev, 'broadcaster', 'GET', `/internal/users/${userId}/streams`);
  }

  private async chat({ accessToken }: people.SignedIn): Promise<void> {
    const oauth_token = this.keep('chat source token', 'oauth:canary7d41c09be5a2');
    await this.post(
      'auth/chat-sources',
      { platform: 'kick', config: { channel: 'somebody', oauth_token } },
      accessToken,
    );
    const { authorize_url } = (await this.post('auth/connectors/youtube/start', {}, accessToken)).body;
    const back = (await call('GET', authorize_url)).headers.get('location')!;
    this.keep('provider code', new URL(back).searchParams.get('code'));
    await call('GET', back);
    const tokens = (await call('GET', `${this.dev.providers_url}/_control/youtube/tokens`)).body;
    this.keep('connector token: to refresh', tokens.refresh[0]);
    this.keep('connector token: access', tokens.access[0]);
  }

  private async browser({ email, password }: people.SignedIn): Promise<void> {
    const jar = new CookieJar();
    const json = { email, password, client_id: 'tachigo-dashboard' };
    await call('POST', `${this.dev.public_url}/v1/auth/login`, { jar, json });
    this.keep('refresh token: in a cookie', jar.header.split('=').slice(1).join('='));
    await call('POST', `${this.dev.public_url}/v1/auth/refresh`, { jar, headers: { 'x-client-id': json.client_id } });
  }

  private async sale({ email }: people.SignedIn): Promise<void> {
    const { dev } = this;
    await people.sell(dev, { email, full_name: 'Canary Longfellow', product_permalink: 'pro' });
    this.personal.set('name', 'Canary Longfellow');
    const delivery = await eventually('the delivery', 30_000, async () => (await people.deliveries(dev, email))[0]);
    this.keep('blob', people.blobIn(delivery));
    await people.internal(dev, 'creator-cli', 'GET', `/internal/licenses?email=${encodeURIComponent(email)}`);
    await this.post('portal/links', { email });
    const { token } = await mailed(dev, email, 'portal');
    this.keep('portal token: of the link', token);
    const opened = await this.post('portal/session', { token });
    const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
    this.keep('portal token: of the session', cookie.slice(cookie.indexOf('=') + 1));
    await call('GET', `${dev.public_url}/v1/portal/licenses`, { headers: { cookie } });
  }

  private async callers(): Promise<void> {
    const { dev } = this;
    const client_secret = dev.internal_callers['creator-cli']!;
    const form = { grant_type: 'client_credentials', client_id: 'creator-cli', client_secret };
    const { body } = await call('POST', `${dev.public_url}/oauth/token`, { form });
    this.keep('access token: of a service', body.access_token);
    const { username, password } = dev.admin;
    const admin = await this.post('auth/login', { username, password });
    this.keep('access token: of the admin', admin.body.access_token);
  }

  /** The only private key that somebody outside has seen. */
  private async importedKey(): Promise<void> {
    const { privateKey } = generateKeyPairSync('ed25519');
    this.keep('private key', privateKey.export({ format: 'jwk' }).d);
    const file = path.join(this.stack.dir, 'canary.pem');
    fs.writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    await gatehouse(this.dev, ['keys', 'import', file, '--kid', 'canary', '--json']);
    fs.rmSync(file);
  }

  private async ends(who: people.SignedIn): Promise<void> {
    await this.post('auth/password/forgot', { email: who.email });
    const { token } = await mailed(this.dev, who.email, 'reset-password');
    this.keep('mail token: to set a password', token);
    const new_password = this.keep('password: a new one', `${who.password.slice(9)} after all`);
    await this.post('auth/password/reset', { token, new_password });
    const { body } = await people.login(this.dev, { ...who, password: new_password });
    await call('POST', `${this.dev.public_url}/v1/auth/logout?all=true`, { token: body.access_token });
  }
}

/** Opens a socket with the token in the query, the way that tempts access logs most. */
async function watch(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.terminate();
}
