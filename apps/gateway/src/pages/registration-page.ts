import { escaped, hidden } from './html.js';
import { page } from './page.js';
import type { SignInTarget } from './sign-in-pages.js';

export interface RegistrationPage extends SignInTarget {
  /** The application that asks. */
  client_name?: string;
  email?: string;
  username?: string;
  /** What is wrong with what was typed, a sentence each. */
  problems: readonly string[];
}

const problemList = (problems: readonly string[]): string =>
  problems.length
    ? `<ul role="alert">${problems.map((problem) => `<li>${escaped(problem)}</li>`).join('\n')}</ul>`
    : '';

/** Works without scripts. What was typed comes back, the password never. */
export const registrationPage =
  ({ client_name, email, username, problems, ...target }: RegistrationPage) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'New account',
      body: `<h1>Make an account</h1>
${client_name ? `<p>to continue to <strong>${escaped(client_name)}</strong></p>` : ''}
${problemList(problems)}
<form method="post" action="/signin/new">
${hidden({ ...target })}
<p><label for="email">E-mail address</label><br>
<input id="email" name="email" type="email" value="${escaped(email ?? '')}" maxlength="254" autocomplete="email" required></p>
<p><label for="username">Username</label><br>
<input id="username" name="username" value="${escaped(username ?? '')}" maxlength="32" autocomplete="username"
autocapitalize="none" spellcheck="false" required></p>
<p><label for="password">Password</label><br>
<input id="password" name="password" type="password" autocomplete="new-password" required></p>
<p><button>Make the account</button></p>
</form>`,
    });

export const lookIntoMailPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Look into your mail',
    body: `<h1>Look into your mail</h1>
<p>It has a link that makes the account. Open it, then sign in.</p>`,
  });
