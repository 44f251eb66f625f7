import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { certificate } from '../../../test/support/certificate.js';

const MEMBERS = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** SNS on loopback: it signs messages, and serves the certificate and the confirmation of a subscription. */
export class SnsStandIn {
  static readonly HOST = 'https://sns.eu-west-1.amazonaws.com';
  readonly asked: string[] = [];
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private server!: Server;

  static async start(): Promise<SnsStandIn> {
    const sns = new SnsStandIn();
    const name = 'sns.amazonaws.com';
    const pages: Record<string, string> = {
      '/SimpleNotificationService-1.pem': certificate(sns.keys, { name }),
      '/over.pem': certificate(sns.keys, { name, until: '210101000000Z' }),
      '/': '<ConfirmSubscriptionResponse/>',
    };
    sns.server = createServer((request, response) => {
      sns.asked.push(request.url!);
      const page = pages[new URL(request.url!, SnsStandIn.HOST).pathname];
      response.writeHead(page ? 200 : 404).end(page);
    });
    await new Promise<void>((resolve) => sns.server.listen(0, '127.0.0.1', resolve));
    return sns;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Reads on loopback what stands at an address of SNS. */
  async read(url: string): Promise<string> {
    const { pathname, search } = new URL(url);
    const answer = await fetch(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}${pathname}${search}`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.text();
  }

  /** A message as SNS delivers it. */
  message(members: Record<string, string>, version: '1' | '2' = '2'): Record<string, string> {
    const whole: Record<string, string> = {
      Type: 'Notification',
      MessageId: crypto.randomUUID(),
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail',
      Timestamp: new Date().toISOString(),
      SignatureVersion: version,
      SigningCertURL: `${SnsStandIn.HOST}/SimpleNotificationService-1.pem`,
      ...members,
    };
    const signed = MEMBERS.filter((name) => whole[name] !== undefined).map((name) => `${name}\n${whole[name]}\n`);
    const signer = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(signed.join(''));
    return { ...whole, Signature: signer.sign(this.keys.privateKey, 'base64') };
  }
}
