import { escaped, hidden } from './html.js';

export interface PasskeyForm {
  /** Where the answer of the authenticator is posted to. */
  action: string;
  /** Where the options of the ceremony come from, and what is sent for them. */
  options: string;
  asks: Record<string, string>;
  /** Further fields. */
  fields: Record<string, string | undefined>;
  button: string;
}

/** Shown by its script, where the browser has passkeys. */
export const passkeyForm = ({ action, options, asks, fields, button }: PasskeyForm): string =>
  `<form method="post" action="${action}" id="passkey" data-options="${options}" data-asks="${escaped(JSON.stringify(asks))}" hidden>
${hidden(fields)}
<input type="hidden" name="ceremony_id"><input type="hidden" name="credential">
<p><button>${button}</button></p>
<p id="passkey-says" role="status"></p>
</form>`;

/** Asks the authenticator, and posts what it answers as a form: so it ends as every other sign-in here does. */
export const PASSKEY_SCRIPT = `
const form = document.getElementById('passkey');
const says = document.getElementById('passkey-says');
form.hidden = !window.PublicKeyCredential?.parseRequestOptionsFromJSON;
async function ask() {
  const answer = await fetch(form.dataset.options, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: form.dataset.asks,
  });
  const begun = await answer.json();
  if (!answer.ok) throw new Error(begun.detail || begun.title);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options);
  const credential = await navigator.credentials.get({ publicKey });
  form.ceremony_id.value = begun.ceremony_id;
  form.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}
form.addEventListener('submit', (event) => {
  event.preventDefault();
  says.textContent = '';
  ask().catch((error) => {
    says.textContent = error.name === 'NotAllowedError' ? 'No passkey was used.' : error.message;
  });
});
`;
