import { escaped, hidden } from './html.js';
import { page } from './page.js';

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
}

/** Works without scripts: a form, and a redirect. */
export const signInPage =
  ({ client_name, login, problem, ...target }: SignInPage) =>
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
<p><a href="/forgot-password">Forgot your password?</a></p>`,
    });

export interface SecondFactorPage extends SignInTarget {
  mfa_token: string;
  problem?: string;
}

export const secondFactorPage =
  ({ problem, ...fields }: SecondFactorPage) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'Second step',
      body: `<h1>One more step</h1>
${problem ? `<p role="alert">${escaped(problem)}</p>` : ''}
<form method="post" action="/signin/code">
${hidden({ ...fields })}
<p><label for="code">Code of your authenticator app, or a recovery code</label><br>
<input id="code" name="code" maxlength="64" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required autofocus></p>
<p><button>Go on</button></p>
</form>`,
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
