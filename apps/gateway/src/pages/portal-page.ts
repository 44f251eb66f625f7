import { TAKE_TOKEN } from './link-pages.js';
import { page } from './page.js';

/** Texts go in as text, never as HTML. */
const SCRIPT = `${TAKE_TOKEN}
const ask = document.getElementById('ask');
const open = document.getElementById('open');
const list = document.getElementById('licenses');
const show = (element) => { for (const one of [ask, open, list]) one.hidden = one !== element; };
async function send(path, method = 'POST') {
  const answer = await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: method === 'POST' ? '{}' : undefined });
  const body = answer.status === 204 ? {} : await answer.json();
  return { ok: answer.ok, status: answer.status, body };
}
function button(label, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', async () => {
    made.disabled = true;
    says.textContent = 'One moment …';
    try { await act(); } catch { says.textContent = 'There is no connection. Please try again.'; }
    made.disabled = false;
  });
  return made;
}
function line(term, text) {
  const row = document.createElement('p');
  row.textContent = term + ': ' + text;
  return row;
}
async function renew(key) {
  const { ok, body } = await send('/v1/portal/licenses/' + encodeURIComponent(key) + '/renew');
  if (ok) { await refresh(); says.textContent = 'Renewed. The new file is on its way to your mailbox.'; return; }
  says.textContent = body.detail || body.title;
  if (body.checkout_url) {
    const link = document.createElement('a');
    link.href = body.checkout_url;
    link.rel = 'noreferrer';
    link.textContent = ' Order the renewal';
    says.append(link);
  }
}
async function resend(key) {
  const { ok, body } = await send('/v1/portal/licenses/' + encodeURIComponent(key) + '/resend');
  says.textContent = ok ? 'It is on its way to your mailbox.' : body.detail || body.title;
}
function shown(license) {
  const section = document.createElement('section');
  const heading = document.createElement('h2');
  heading.textContent = license.license_key;
  section.append(heading, line('Tier', license.tier), line('State', license.status), line('Valid until', license.expires_at.slice(0, 10)));
  if (license.status !== 'revoked') {
    section.append(button('Send it again', () => resend(license.license_key)), ' ', button('Renew', () => renew(license.license_key)));
  }
  return section;
}
async function refresh() {
  const { ok, body } = await send('/v1/portal/licenses', 'GET');
  if (!ok) return show(token ? open : ask);
  list.replaceChildren(...body.licenses.map(shown));
  says.textContent = body.licenses.length ? '' : 'There are no licenses.';
  show(list);
}
document.getElementById('go').addEventListener('click', async () => {
  says.textContent = 'One moment …';
  try {
    const problem = await post('/v1/portal/session', { token });
    if (!problem) return await refresh();
    says.textContent = problem.text;
    if (problem.final) show(ask);
  } catch { says.textContent = 'There is no connection. Please try again.'; }
});
ask.addEventListener('submit', async (event) => {
  event.preventDefault();
  says.textContent = 'One moment …';
  try {
    const problem = await post('/v1/portal/links', { email: document.getElementById('email').value });
    says.textContent = problem ? problem.text : 'If anything was sold to this address, a link is on its way to it.';
  } catch { says.textContent = 'There is no connection. Please try again.'; }
});
if (token) show(open); else refresh().catch(() => show(ask));
`;

/**
 * The buyers' page. Opening it spends nothing: the token waits in the fragment until the person presses the button,
 * because mail scanners open links, too (P1).
 */
export const portalPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Your licenses',
    body: `<h1>Your licenses</h1>
<form id="ask" hidden>
<p>Give the address that you bought with. We mail you a link.</p>
<p><label>E-mail address <input id="email" type="email" autocomplete="email" required></label></p>
<p><button type="submit">Mail me a link</button></p>
</form>
<p id="open" hidden><button id="go" type="button">Show my licenses</button></p>
<div id="licenses" hidden></div>
<p id="says" role="status"></p>
<noscript><p>This page needs scripts.</p></noscript>`,
    script: SCRIPT,
  });
