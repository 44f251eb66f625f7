/** What holds for every operation; the first thing that a reader of the reference sees. */
export const CONVENTIONS = `
Every route below \`/v1\` also answers under \`/api/v1\` and without a prefix (\`/auth/…\`, \`/license/…\`, …).
Routes below \`/internal\` and \`/metrics\` exist on the internal listener only.

**Errors** are RFC 9457 problem documents with a stable \`code\`; [every code](/docs/errors) is listed. A body that
fails validation is 400 with every failing field at once, and an unknown field is a failure. Bodies are at most 64 KiB.

**Authentication** is \`Authorization: Bearer <access token>\`. A 401 says so in \`WWW-Authenticate\`.

**Client application**: \`client_id\` in the body, else \`X-Client-Id\`, else the default client. Its policy decides how
tokens are delivered: in the body, or the refresh token as an httpOnly cookie and never in the body. A cookie acts only
for pages of that client’s own origins (or for what is no browser), else 403 \`cross_site_refused\`.

**CORS**: the origins that a client’s policy lists get credentialed access, and no others. In development any other
origin gets \`Access-Control-Allow-Origin: *\`, which is never credentialed.

**Limits** are per client address; 429 with \`Retry-After\` and \`RateLimit-*\`. A 429 never ends a session: come back.
503 with \`Retry-After\` means that a service or the broker is away or busy.

**Internal callers** prove who they are by one of
- \`X-Internal-Secret: <caller>.<secret>\`
- \`X-Internal-Signature: t=<unix seconds>,caller=<name>,v1=<hex>\`, where \`v1\` is HMAC-SHA256 with the caller’s secret
  over \`t.METHOD.path.body\`: the path as it is sent, with its query; the body byte for byte, empty when there is none.
  Good for 300 seconds and for one request: a second copy is refused, so two equal requests need different seconds.
- \`Authorization: Bearer\` with a token of \`POST /oauth/token\`, grant \`client_credentials\`, of at most 15 minutes.

**Idempotency**: \`Idempotency-Key\` (at most 128 characters) is honoured for 24 hours by the internal calls
that list it. The same key with
the same body has the same answer, and nothing is done again; with another body it is 422 \`idempotency_key_reused\`. What was
refused is not kept: mend it and send it under the same key. A broadcast takes the key for its \`id\`, a plan change for its
\`event_id\`; they say \`duplicate\` of a repetition.

**Request ids**: \`X-Request-Id\` (8 to 64 characters of \`A-Za-z0-9_-\`) is kept, else made, and is on every answer.
`.trim();
