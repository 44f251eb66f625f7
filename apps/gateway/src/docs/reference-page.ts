import { errorCatalog } from '../edge/problems.rules.js';
import { page } from '../pages/page.js';

/** The browsable reference: Swagger UI, served by us. */
export const referencePage = (nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script nonce="${nonce}" src="/docs/assets/swagger-ui-bundle.js"></script>
<script nonce="${nonce}">
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null });
</script>
</body>
</html>
`;

/** Every error code with what it means; where the `type` of a problem document leads. */
export const errorsPage = (nonce: string): string =>
  page({
    nonce,
    title: 'Error codes',
    body: `<h1>Error codes</h1>
<p>Every refusal is an RFC 9457 problem document with one of these codes. Codes never change their meaning.</p>
<dl>${errorCatalog()
      .map(({ code, title, status }) => `<dt id="${code}"><code>${code}</code> · ${status}</dt><dd>${title}</dd>`)
      .join('\n')}</dl>`,
  });
