import { escapeHtml, page } from '../http/page.js';

const SIGNED_IN =
  'The session is in a cookie of Gatehouse. The frontend of the client application, which stands here in production, ' +
  'would get its tokens now: POST /v1/auth/refresh, with that cookie.';

/** Where a sign-in with a provider ends while no frontend runs: what the frontend would be told. */
export function arrivalPage(told: URLSearchParams): string {
  const failed = told.has('error') || told.has('mfa_required');
  const title = told.has('error') ? 'Nobody was signed in' : failed ? 'A second step is needed' : 'Signed in';
  const rows = [...told].map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`);
  const table = rows.length ? `<table><tbody>${rows.join('')}</tbody></table>` : '';
  return page(title, `<h1>${title}</h1>${table}${failed ? '' : `<p>${SIGNED_IN}</p>`}`);
}
