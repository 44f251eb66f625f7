import { page } from './page.js';

/** A page that mails link to. Opening it does nothing; what it is for happens when its button is pressed (R-RC5). */
export interface LinkPage {
  title: string;
  heading: string;
  /** What pressing the button means. */
  text: string;
  button: string;
  /** Where the token is posted to. */
  post: string;
  done: string;
  /** What else the token may be used for. */
  instead?: Pick<LinkPage, 'button' | 'post' | 'done'>;
}

/** The pages behind the links in mails, by path. */
export const LINK_PAGES: Record<string, LinkPage> = {
  'verify-email': {
    title: 'Verify your address',
    heading: 'Verify your e-mail address',
    text: 'Press the first button to confirm that this address is yours and that you have made the account.',
    button: 'Verify my address',
    post: '/v1/auth/verify',
    done: 'Thank you. Your address is verified.',
    instead: {
      button: 'I have made no account',
      post: '/v1/auth/account/secure',
      done: 'Thank you. Whoever has made it cannot get into it any more.',
    },
  },
  'change-email': {
    title: 'Change your address',
    heading: 'Use your new e-mail address',
    text: 'Press the button to give your account this address from now on.',
    button: 'Use this address',
    post: '/v1/auth/email/confirm',
    done: 'Thank you. Your account has the new address.',
  },
  'undo-email-change': {
    title: 'Take a change back',
    heading: 'Take the change of address back',
    text: 'Your account gets its old address back, you are signed out everywhere, and we mail you a link for a new password.',
    button: 'Take the change back',
    post: '/v1/auth/email/undo',
    done: 'Your account has its old address again. Look into your mail for a link to set a new password.',
  },
  'secure-account': {
    title: 'Secure your account',
    heading: 'It was not you?',
    text: 'We sign out whoever it was, cancel what they may have begun, and mail you a link for a new password.',
    button: 'It was not me',
    post: '/v1/auth/account/secure',
    done: 'Done. Look into your mail for a link to set a new password.',
  },
  'undo-deletion': {
    title: 'Keep your account',
    heading: 'Keep your account',
    text: 'Your account is to be deleted. Press the button to keep it.',
    button: 'Keep my account',
    post: '/v1/auth/account/undo',
    done: 'Your account stays. You can sign in again.',
  },
};

/**
 * The token comes in the fragment, which no server and no log ever sees, or in the query. It is taken out of the
 * address at once, and spent only when the person presses the button: mail scanners open links, too (R-RC5).
 */
export const TAKE_TOKEN = `
const from = new URLSearchParams(location.hash.slice(1));
const token = from.get('token') || new URLSearchParams(location.search).get('token');
const says = document.getElementById('says');
history.replaceState(null, '', location.pathname);
// Another link opened in the same tab differs in its fragment only, which loads nothing.
addEventListener('hashchange', () => location.reload());
async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.ok) return undefined;
  const problem = await answer.json();
  return { text: problem.detail || problem.title, final: problem.code === 'token_invalid' };
}
`;

const PRESS = `${TAKE_TOKEN}
const buttons = [...document.querySelectorAll('button')];
const disable = (yes) => buttons.forEach((button) => { button.disabled = yes; });
if (!token) { disable(true); says.textContent = 'This link is not complete. Open the one in the mail.'; }
for (const button of buttons) button.addEventListener('click', async () => {
  disable(true);
  says.textContent = 'One moment …';
  try {
    const problem = await post(button.dataset.post, { token });
    says.textContent = problem ? problem.text : button.dataset.done;
    disable(!problem || problem.final);
  } catch {
    says.textContent = 'There is no connection. Please try again.';
    disable(false);
  }
});
`;

const buttonOf = ({ button, post, done }: Pick<LinkPage, 'button' | 'post' | 'done'>): string =>
  `<button type="button" data-post="${post}" data-done="${done}">${button}</button>`;

export const linkPage =
  ({ title, heading, text, instead, ...first }: LinkPage) =>
  (nonce: string): string =>
    page({
      nonce,
      title,
      body: `<h1>${heading}</h1>
<p>${text}</p>
<p>${buttonOf(first)}${instead ? ` ${buttonOf(instead)}` : ''}</p>
<p id="says" role="status"></p>
<noscript><p>This page needs scripts.</p></noscript>`,
      script: PRESS,
    });
