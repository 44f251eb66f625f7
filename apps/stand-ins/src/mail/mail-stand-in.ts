import { serveHttp, type StandInAnswer, type StandInRoutes } from '../http/http-stand-in.js';
import { inboxPage, messagePage } from './inbox-page.js';
import { Inbox, type InboxMessage } from './inbox.js';
import { Refusals } from './refusals.js';
import { serveSmtp } from './smtp.js';

export interface MailStandInOptions {
  smtpPort?: number;
  httpPort?: number;
  /** How many mails are kept. */
  records?: number;
}

/** A running mailbox. Tests of the same process may look into it directly. */
export interface MailStandIn {
  smtpUrl: string;
  url: string;
  inbox: Inbox;
  refusals: Refusals;
  close(): Promise<void>;
}

const CSP = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };
const html = (content: string): StandInAnswer => ({ content, type: 'text/html; charset=utf-8', headers: CSP });
const missing: StandInAnswer = { status: 404, json: { error: 'not_found' } };

function download(message: InboxMessage | undefined, index: number): StandInAnswer {
  const file = message?.attachments[index];
  if (!file) return missing;
  const name = encodeURIComponent(file.filename);
  return {
    content: Buffer.from(file.content_base64, 'base64'),
    type: 'application/octet-stream',
    headers: { 'content-disposition': `attachment; filename*=UTF-8''${name}` },
  };
}

function refuse(refusals: Refusals, body: Record<string, unknown>): StandInAnswer {
  const { address, code, times } = body;
  if (typeof address !== 'string' || typeof code !== 'number' || (code !== 0 && (code < 400 || code > 599))) {
    return { status: 400, json: { error: 'give an address and a code of 400 to 599, or 0 to stop' } };
  }
  refusals.refuse(address, code, typeof times === 'number' ? times : undefined);
  return { status: 204 };
}

const routesOf = (inbox: Inbox, refusals: Refusals): StandInRoutes => ({
  'GET /': () => html(inboxPage(inbox.list())),
  'GET /messages/:id': ({ params }) => {
    const message = inbox.find(params['id']!);
    return message ? html(messagePage(message)) : missing;
  },
  'GET /messages/:id/attachments/:index': ({ params }) => download(inbox.find(params['id']!), Number(params['index'])),
  'GET /api/messages': ({ query }) => ({ json: inbox.list(query.get('to')) }),
  'GET /api/messages/:id/raw': ({ params }) => {
    const raw = inbox.raw(params['id']!);
    return raw ? { content: raw, type: 'text/plain; charset=utf-8' } : missing;
  },
  'DELETE /api/messages': () => {
    inbox.clear();
    return { status: 204 };
  },
  'POST /_control/refuse': ({ body }) => refuse(refusals, body),
  'GET /health/live': () => ({ json: { status: 'ok' } }),
});

/** Starts the mail server and the inbox that shows what it took. */
export async function startMailStandIn(options: MailStandInOptions = {}): Promise<MailStandIn> {
  const inbox = new Inbox(options.records);
  const refusals = new Refusals();
  const smtp = await serveSmtp(inbox, refusals, options.smtpPort ?? 0);
  const http = await serveHttp(routesOf(inbox, refusals), options.httpPort ?? 0);
  return {
    smtpUrl: smtp.url,
    url: http.url,
    inbox,
    refusals,
    close: async () => {
      await Promise.all([smtp.close(), http.close()]);
    },
  };
}
