import { page } from './page.js';

/**
 * The page holds its access token in memory only; the session is in the cookie of the client `web`. It asks for what
 * the code stands for, shows it, and sends a decision when a button is pressed, also when the code came in the address
 * (R-DF5). Whatever a device says about itself is set as text.
 */
const SCRIPT = `
const $ = (id) => document.getElementById(id);
const show = (id) => { for (const s of document.querySelectorAll('section')) s.hidden = s.id !== id; };
const say = (text) => { $('says').textContent = text; };
const code = new URLSearchParams(location.search).get('user_code');
history.replaceState(null, '', location.pathname);
let token = '';
let challenge = '';

async function ask(method, path, body) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = 'Bearer ' + token;
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : {} };
}

function signIn(why) {
  token = '';
  say(why);
  show('sign-in');
  $('login').focus();
}

async function signedIn(answer) {
  if (answer.status === 200 && answer.body.mfa_required) {
    challenge = answer.body.mfa_token;
    say('');
    show('second-factor');
    return $('otp').focus();
  }
  if (answer.status !== 200) return say(answer.body.detail);
  token = answer.body.access_token;
  say('');
  await ($('code').value ? look() : enter());
}

function enter() {
  show('enter');
  $('code').focus();
}

async function look() {
  const answer = await ask('GET', '/v1/auth/device/requests/' + encodeURIComponent($('code').value.trim()));
  if (answer.status === 401) return signIn('Sign in to go on.');
  if (answer.status !== 200) { say(answer.body.detail); return enter(); }
  const { client, installation, place, time, user_code } = answer.body;
  $('asked-code').textContent = user_code;
  $('asked-client').textContent = client.name;
  $('asked-installation').textContent = installation
    ? [installation.name, installation.platform, installation.app_version].filter(Boolean).join(', ') : 'not named';
  $('asked-place').textContent = [place.ip, place.user_agent].filter(Boolean).join(', ') || 'unknown';
  $('asked-time').textContent = new Date(time).toLocaleString();
  show('decide');
}

async function decide(approve) {
  const answer = await ask('POST', '/v1/auth/device/approve', { user_code: $('asked-code').textContent, approve });
  if (answer.status === 401) return signIn('Please sign in again to decide: it has been a while.');
  if (answer.status !== 204) { say(answer.body.detail); return answer.status === 429 ? undefined : enter(); }
  $('done').firstElementChild.textContent = approve
    ? 'Approved. Your device signs in within a few seconds; you can close this page.'
    : 'Denied. The device gets nothing; you can close this page.';
  show('done');
}

/** One thing at a time, and a word when there is no connection. */
const during = (work) => async (event) => {
  event.preventDefault();
  const buttons = [...document.querySelectorAll('button')];
  for (const b of buttons) b.disabled = true;
  say('');
  try { await work(); } catch { say('There is no connection. Please try again.'); }
  for (const b of buttons) b.disabled = false;
};

$('sign-in').addEventListener('submit', during(async () => {
  const sent = { username: $('login').value, password: $('password').value, client_id: 'web' };
  await signedIn(await ask('POST', '/v1/auth/login', sent));
  $('password').value = '';
}));
$('second-factor').addEventListener('submit', during(async () => {
  await signedIn(await ask('POST', '/v1/auth/login/mfa', { mfa_token: challenge, code: $('otp').value.trim() }));
  $('otp').value = '';
}));
$('enter').addEventListener('submit', during(look));
$('approve').addEventListener('click', during(() => decide(true)));
$('deny').addEventListener('click', during(() => decide(false)));

(async () => {
  if (code) $('code').value = code;
  try {
    const answer = await ask('POST', '/v1/auth/refresh', { client_id: 'web' });
    if (answer.status === 200) return await signedIn(answer);
    signIn('');
  } catch { signIn('There is no connection. Please try again.'); }
})();
`;

const BODY = `<h1>Connect a device</h1>
<p id="says" role="status"></p>
<noscript><p>This page needs scripts.</p></noscript>
<section id="sign-in" hidden>
<form>
<p>Sign in to approve your device.</p>
<p><label for="login">E-mail address or username</label><br>
<input id="login" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254"></p>
<p><label for="password">Password</label><br>
<input id="password" type="password" autocomplete="current-password" required></p>
<p><button>Sign in</button></p>
</form>
</section>
<section id="second-factor" hidden>
<form>
<p><label for="otp">Code of your authenticator, or a recovery code</label><br>
<input id="otp" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required maxlength="64"></p>
<p><button>Go on</button></p>
</form>
</section>
<section id="enter" hidden>
<form>
<p><label for="code">The code that your device shows</label><br>
<input id="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="16"></p>
<p><button>Go on</button></p>
</form>
</section>
<section id="decide" hidden>
<p>This device wants to sign in with your account. Approve it only if you have just started this yourself, on a device
that shows this very code.</p>
<dl>
<dt>Code</dt><dd id="asked-code"></dd>
<dt>Application</dt><dd id="asked-client"></dd>
<dt>Device</dt><dd id="asked-installation"></dd>
<dt>Asked from</dt><dd id="asked-place"></dd>
<dt>Asked at</dt><dd id="asked-time"></dd>
<dt>It may then</dt><dd>act as you in this application until you sign it out or remove it.</dd>
</dl>
<p><button id="approve" type="button">Approve</button> <button id="deny" type="button">Deny</button></p>
</section>
<section id="done" hidden><p></p></section>`;

export const devicePage = (nonce: string): string =>
  page({ nonce, title: 'Connect a device', body: BODY, script: SCRIPT });
