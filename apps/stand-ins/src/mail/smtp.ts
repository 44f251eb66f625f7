import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Inbox } from './inbox.js';
import type { Refusals } from './refusals.js';

export interface RunningSmtp {
  url: string;
  port: number;
  close(): Promise<void>;
}

const MESSAGE_LIMIT = 10 * 1024 * 1024;

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const envelopeOf = (session: SMTPServerSession) => ({
  from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
  to: session.envelope.rcptTo.map((r) => r.address),
});

/** A mail server on loopback that takes everything, except for what it was told to refuse. */
export async function serveSmtp(inbox: Inbox, refusals: Refusals, port: number): Promise<RunningSmtp> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MESSAGE_LIMIT,
    closeTimeout: 500,
    onRcptTo: (address, _session, done) => done(refusals.errorFor(address.address)),
    onData: (stream, session, done) => {
      collect(stream)
        .then((raw) => inbox.deliver(raw, envelopeOf(session)))
        .then(
          () => done(),
          (error: Error) => done(error),
        );
    },
  });
  // A client that goes away in the middle is the client's business.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const bound = (server.server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `smtp://127.0.0.1:${bound}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
