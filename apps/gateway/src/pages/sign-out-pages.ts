import { escaped, hidden } from './html.js';
import { page } from './page.js';

/** Asks before it signs out: another site may have sent the browser here (R-AS10). */
export const confirmSignOutPage =
  (username: string | null, fields: Record<string, string | undefined>) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'Sign out',
      body: `<h1>Sign out?</h1>
${username ? `<p>You are signed in as <strong>${escaped(username)}</strong>.</p>` : ''}
<form method="post" action="/oauth/logout/confirm">
${hidden(fields)}
<p><button>Sign out</button></p>
</form>`,
    });

export const signedOutPage = (nonce: string): string =>
  page({ nonce, title: 'Signed out', body: '<h1>You are signed out</h1>\n<p>You may close this page.</p>' });

/** What a person sees when an application's request cannot be answered, and nobody may be told but the person. */
export const troublePage =
  (text: string) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'That did not work',
      body: `<h1>That did not work</h1>\n<p role="alert">${escaped(text)}</p>\n<p>Go back to the application and start again.</p>`,
    });
