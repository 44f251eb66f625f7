import { Injectable } from '@nestjs/common';
import type { Callback } from './callback.rules.js';
import { authorizeUrl, codeOf, exchange, membersOf } from './oauth-code.js';
import { Outbound } from './outbound.service.js';
import { demand, type Attempt, type Profile, type Provider } from './provider.js';
import { ProvidersConfig } from './providers.config.js';

/** GitHub: OAuth 2 without OpenID Connect. The token is used twice and forgotten (R-OC6). */
@Injectable()
export class GitHub implements Provider {
  readonly name = 'github';

  constructor(
    private readonly config: ProvidersConfig,
    private readonly outbound: Outbound,
  ) {}

  get configured(): boolean {
    return Boolean(this.config.githubClientId);
  }

  authorizeUrl(attempt: Attempt): string {
    const { githubUrl, githubClientId } = this.config;
    return authorizeUrl(`${githubUrl}/login/oauth/authorize`, githubClientId, attempt, { scope: 'user:email' });
  }

  async identify(callback: Callback, attempt: Attempt): Promise<Profile> {
    const { githubUrl, githubClientId: client_id, githubClientSecret: client_secret } = this.config;
    const grant = { code: codeOf(callback), attempt };
    const tokens = await exchange(
      this.outbound,
      `${githubUrl}/login/oauth/access_token`,
      { client_id, client_secret },
      grant,
    );
    const token = tokens['access_token'];
    demand(typeof token === 'string', 'GitHub gave no token');
    const [user, emails] = await Promise.all([this.read('/user', token), this.read('/user/emails', token)]);
    const { id, login } = membersOf(user);
    demand(typeof id === 'number' && Number.isSafeInteger(id) && id > 0, 'GitHub named nobody');
    return {
      subject: String(id),
      label: typeof login === 'string' ? login : null,
      verified_email: primaryOf(emails),
    };
  }

  private async read(path: string, token: string): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'gatehouse',
      'x-github-api-version': '2022-11-28',
    };
    const { status, body } = await this.outbound.json(this.config.githubApiUrl + path, { headers });
    demand(status === 200, `GitHub answered ${status} to ${path}`);
    return body;
  }
}

/** The primary address, if GitHub has verified it. The list may be empty. */
function primaryOf(emails: unknown): string | null {
  const list = Array.isArray(emails) ? emails.map(membersOf) : [];
  const primary = list.find((e) => e['primary'] === true && e['verified'] === true);
  return typeof primary?.['email'] === 'string' ? primary['email'] : null;
}
