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
