import fs from 'node:fs';
import path from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { eventually, type Stack } from '../../support/index.js';

/** A message; an answer has the subject that was asked, `answer of cmd.…`. */
export interface Heard {
  subject: string;
  text: string;
}

/**
 * Hears everything on a broker. No bus user may do that, so one that may is added to its configuration first; the
 * server reads that again and keeps the connections of the others.
 */
export class BusTap {
  readonly heard: Heard[] = [];
  private readonly asked = new Map<string, string>();

  private constructor(private readonly nc: NatsConnection) {}

  static async open(stack: Stack): Promise<BusTap> {
    const file = path.join(stack.dir, 'nats', 'nats.conf');
    const user = createUser();
    const entry = `{ nkey: ${user.getPublicKey()}, permissions: { publish: [ "planted.>" ], subscribe: [ ">" ] } }`;
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('users: [', `users: [\n    ${entry}`));
    process.kill(stack.natsPid, 'SIGHUP');
    const authenticator = nkeyAuthenticator(user.getSeed());
    const nc = await eventually('the broker to know the tap', 30_000, () =>
      connect({ servers: stack.info.nats.url, authenticator, reconnect: false }).catch(() => undefined),
    );
    const tap = new BusTap(nc);
    nc.subscribe('>', {
      callback: (_, { subject, reply, data, headers }) => {
        if (reply && subject.startsWith('cmd.')) tap.asked.set(reply, subject);
        const question = tap.asked.get(subject);
        const lines = [...(headers ?? [])].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
        const text = [subject, ...lines, Buffer.from(data).toString('latin1')].join('\n');
        tap.heard.push({ subject: question ? `answer of ${question}` : subject, text });
      },
    });
    await nc.flush();
    return tap;
  }

  /** The newest answer to a command; it may come here after whoever asked has gone on. */
  async answerOf<T>(command: string): Promise<T> {
    const { text } = await eventually(`an answer to ${command}`, 30_000, () =>
      Promise.resolve(
        this.heard.findLast(({ subject }) => subject.startsWith('answer of ') && subject.endsWith(command)),
      ),
    );
    return (JSON.parse(text.split('\n').at(-1)!) as { ok: T }).ok;
  }

  /** Says something that everybody may hear who hears everything. */
  async say(text: string): Promise<void> {
    this.nc.publish('planted.text', text);
    await this.nc.flush();
  }

  close(): Promise<void> {
    return this.nc.close();
  }
}
