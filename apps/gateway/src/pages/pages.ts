import { page } from './page.js';

export const startPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Welcome',
    body: `<h1>Gatehouse</h1>
<p>One account, one license, one front door.</p>
<ul>
<li><a href="/docs">API reference</a></li>
<li><a href="/docs/errors">Error codes</a></li>
<li><a href="/.well-known/openid-configuration">Issuer metadata</a></li>
<li><a href="/health/ready">Health</a></li>
</ul>`,
  });

/**
 * The token comes in the fragment, which no server and no log ever sees, or in the query. It is taken out of the
 * address at once, and spent only when the person presses the button: mail scanners open links, too (R-RC5).
 */
const VERIFY = `
const from = new URLSearchParams(location.hash.slice(1));
const token = from.get('token') || new URLSearchParams(location.search).get('token');
const button = document.getElementById('verify');
const says = document.getElementById('says');
history.replaceState(null, '', location.pathname);
if (!token) { button.disabled = true; says.textContent = 'This link is not complete. Open the one in the mail.'; }
button.addEventListener('click', async () => {
  button.disabled = true;
  says.textContent = 'One moment …';
  try {
    const answer = await fetch('/v1/auth/verify', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) { says.textContent = 'Thank you. Your address is verified.'; return; }
    const problem = await answer.json();
    says.textContent = problem.detail;
    button.disabled = answer.status === 400;
  } catch {
    says.textContent = 'There is no connection. Please try again.';
    button.disabled = false;
  }
});
`;

export const verifyEmailPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Verify your address',
    body: `<h1>Verify your e-mail address</h1>
<p><button id="verify" type="button">Verify my address</button></p>
<p id="says" role="status"></p>
<noscript><p>This page needs scripts.</p></noscript>`,
    script: VERIFY,
  });
