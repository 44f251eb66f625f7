import { escapeHtml, page } from '../http/page.js';
import type { InboxMessage } from './inbox.js';

/** The list of mails, newest first. */
export function inboxPage(messages: InboxMessage[]): string {
  const rows = [...messages]
    .reverse()
    .map(
      (m) =>
        `<tr><td><time datetime="${m.at}">${m.at.slice(11, 19)}</time></td><td>${escapeHtml(m.to)}</td>` +
        `<td><a href="/messages/${m.id}">${escapeHtml(m.subject || '(no subject)')}</a></td></tr>`,
    );
  const table = `<table><thead><tr><th>at</th><th>to</th><th>subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page('Mail inbox', `<h1>Mail inbox</h1>${rows.length ? table : '<p>No mail yet.</p>'}`);
}

/** One mail: its text part, its attachments, its source. */
export function messagePage(m: InboxMessage): string {
  const files = m.attachments.map(
    (a, i) => `<li><a href="/messages/${m.id}/attachments/${i}">${escapeHtml(a.filename)}</a></li>`,
  );
  return page(
    m.subject,
    `<p><a href="/">All mail</a></p><h1>${escapeHtml(m.subject)}</h1>
<p>from ${escapeHtml(m.from)} to ${escapeHtml(m.to)} at <time datetime="${m.at}">${m.at}</time></p>
<pre>${escapeHtml(m.text)}</pre>${files.length ? `<h2>Attachments</h2><ul>${files.join('')}</ul>` : ''}
<p><a href="/api/messages/${m.id}/raw">Source</a></p>`,
  );
}
