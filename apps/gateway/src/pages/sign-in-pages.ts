import { escaped, hidden } from './html.js';
import { PAGES_CLIENT_ID, type ProviderName } from '#contracts';
import { page } from './page.js';
import { PASSKEY_SCRIPT, passkeyForm } from './passkey-form.js';

/** Where a sign-in goes on: an application's request, or a page of ours. */
export interface SignInTarget {
  request?: string;
  return_to?: string;
}

export interface SignInPage extends SignInTarget {
  /** The application that asks. */
  client_name?: string;
  login?: string;
  /** What went wrong before. */
  problem?: string;
  /** Whom else one may be vouched for by. */
  providers: readonly ProviderName[];
}

const NAMES: Record<ProviderName, string> = { github: 'GitHub', google: 'Google', twitch: 'Twitch', steam: 'Steam' };

const queryOf = ({ request, return_to }: SignInTarget): string =>
  new URLSearchParams({ ...(request ? { request } : {}), ...(return_to ? { return_to } : {}) }).toString();

function providerLinks(target: SignInTarget, providers: readonly ProviderName[]): string {
  const link = (name: ProviderName) =>
    `<li><a href="/signin/with/${name}?${escaped(queryOf(target))}">Go on with ${NAMES[name]}</a></li>`;
  return providers.length ? `<ul>${providers.map(link).join('\n')}</ul>` : '';
}

/** Passwords and providers work without scripts: forms, links and redirects. */
export const signInPage =
  ({ client_name, login, problem, providers, ...target }: SignInPage) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'Sign in',
      body: `<h1>Sign in</h1>
${client_name ? `<p>to continue to <strong>${escaped(client_name)}</strong></p>` : ''}
${problem ? `<p role="alert">${escaped(problem)}</p>` : ''}
<form method="post" action="/signin">
${hidden({ ...target })}
<p><label for="login">E-mail address or username</label><br>
<input id="login" name="login" value="${escaped(login ?? '')}" maxlength="254" autocomplete="username"
autocapitalize="none" spellcheck="false" required${login ? '' : ' autofocus'}></p>
<p><label for="password">Password</label><br>
<input id="password" name="password" type="password" autocomplete="current-password" required${login ? ' autofocus' : ''}></p>
<p><button>Sign in</button></p>
</form>
${passkeyForm({
  ...{ action: '/signin/passkey', options: '/v1/auth/passkeys/login/options', fields: { ...target } },
  ...{ asks: { client_id: PAGES_CLIENT_ID }, button: 'Sign in with a passkey' },
})}
${providerLinks(target, providers)}
<p><a href="/forgot-password">Forgot your password?</a> <a href="/signin/new?${escaped(queryOf(target))}">Make an account</a></p>`,
      script: PASSKEY_SCRIPT,
    });

export interface SecondFactorPage extends SignInTarget {
  mfa_token: string;
  /** Its person has passkeys. */
  passkeys?: string;
  problem?: string;
}

const SECOND = {
  ...{ action: '/signin/code/passkey', options: '/v1/auth/passkeys/mfa/options' },
  button: 'Use a passkey',
};

export const secondFactorPage =
  ({ problem, passkeys, ...fields }: SecondFactorPage) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'Second step',
      body: `<h1>One more step</h1>
${problem ? `<p role="alert">${escaped(problem)}</p>` : ''}
<form method="post" action="/signin/code">
${hidden({ ...fields, passkeys })}
<p><label for="code">Code of your authenticator app, or a recovery code</label><br>
<input id="code" name="code" maxlength="64" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required autofocus></p>
<p><button>Go on</button></p>
</form>
${passkeys ? passkeyForm({ ...SECOND, fields: { ...fields, passkeys }, asks: { mfa_token: fields.mfa_token } }) : ''}`,
      script: passkeys && PASSKEY_SCRIPT,
    });

export const signedInPage =
  (username: string) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'Signed in',
      body: `<h1>You are signed in</h1>
<p>as <strong>${escaped(username)}</strong>.</p>
<p><a href="/oauth/logout">Sign out</a></p>`,
    });
