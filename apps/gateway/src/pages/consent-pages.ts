import type { AuthorizationPrompt } from '#contracts';
import { escaped, hidden } from './html.js';
import { page } from './page.js';

/** What the scopes mean to a person; another one is an application's own and is shown by name. */
const MEANINGS: Readonly<Record<string, string>> = {
  openid: 'know that it is you',
  profile: 'see your name and your picture',
  email: 'see your e-mail address',
  roles: 'see your roles',
  account: 'act as you in your account',
  offline_access: 'stay signed in while you are away',
};

const lasts = (seconds: number): string => {
  const [count, unit] = seconds >= 86_400 ? [seconds / 86_400, 'day'] : [seconds / 60, 'minute'];
  return `${Math.round(count)} ${unit}${Math.round(count) === 1 ? '' : 's'}`;
};

/** How long what is allowed holds (R-AS9). */
const lifetime = ({ access_ttl, offline_ttl }: AuthorizationPrompt): string =>
  offline_ttl
    ? `It stays signed in for at most ${lasts(offline_ttl)}, or until you take it back.`
    : `It may do this for ${lasts(access_ttl)}, and after that only while you are signed in here.`;

/** Where the answer goes, as a person recognizes it. */
const place = (redirectUri: string): string => new URL(redirectUri).host || new URL(redirectUri).protocol;

/** Asks a person what an application may do. Opening it decides nothing. */
export const consentPage =
  (request: string, prompt: AuthorizationPrompt) =>
  (nonce: string): string =>
    page({
      nonce,
      title: 'Allow access',
      body: `<h1>Allow ${escaped(prompt.client_name)}?</h1>
<p>You are signed in as <strong>${escaped(prompt.username ?? '')}</strong>.
<strong>${escaped(prompt.client_name)}</strong> (${escaped(place(prompt.redirect_uri))}) would like to</p>
<ul>
${prompt.scopes.map((scope) => `<li>${escaped(MEANINGS[scope] ?? scope)}</li>`).join('\n')}
</ul>
<p>${lifetime(prompt)} You can take it back at any time.</p>
<form method="post" action="/consent">
${hidden({ request })}
<p><button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">No</button></p>
</form>`,
    });
