import { TAKE_TOKEN } from './link-pages.js';
import { page } from './page.js';

const SUBMIT = (act: string, done: string): string => `${TAKE_TOKEN}
const form = document.querySelector('form');
const button = form.querySelector('button');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  says.textContent = 'One moment …';
  try {
    const problem = await (${act})(new FormData(form));
    says.textContent = problem ? problem.text : '${done}';
    button.disabled = !problem || Boolean(problem.final);
    if (!problem) form.hidden = true;
  } catch {
    says.textContent = 'There is no connection. Please try again.';
    button.disabled = false;
  }
});
`;

const RESET = SUBMIT(
  `async (data) => {
    if (!token) return { text: 'This link is not complete. Open the one in the mail.', final: true };
    if (data.get('password') !== data.get('again')) return { text: 'The two passwords differ.' };
    return post('/v1/auth/password/reset', { token, new_password: data.get('password') });
  }`,
  'Your password is set, and you are signed out everywhere. You can sign in with it now.',
);

const FORGOT = SUBMIT(
  `(data) => post('/v1/auth/password/forgot', { email: data.get('email') })`,
  'If there is an account with this address, a mail is on its way.',
);

/** Both fields take pasted text and password managers (R-PW5). */
export const resetPasswordPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Set a new password',
    body: `<h1>Set a new password</h1>
<p>Any characters will do, and spaces too. You will be signed out everywhere.</p>
<form method="post">
<p><label>New password<br><input name="password" type="password" autocomplete="new-password" required></label></p>
<p><label>The same again<br><input name="again" type="password" autocomplete="new-password" required></label></p>
<p><button type="submit">Set the password</button></p>
</form>
<p id="says" role="status"></p>
<noscript><p>This page needs scripts.</p></noscript>`,
    script: RESET,
  });

export const forgotPasswordPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Forgotten password',
    body: `<h1>Forgotten your password?</h1>
<p>We mail you a link with which you can set a new one.</p>
<form method="post">
<p><label>E-mail address<br><input name="email" type="email" autocomplete="email" required></label></p>
<p><button type="submit">Mail me a link</button></p>
</form>
<p id="says" role="status"></p>
<noscript><p>This page needs scripts.</p></noscript>`,
    script: FORGOT,
  });
