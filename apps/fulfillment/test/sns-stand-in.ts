import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One element of DER. */
const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const long =
    body.length > 127 ? Buffer.from([0x82, body.length >> 8, body.length & 255]) : Buffer.from([body.length]);
  return Buffer.concat([Buffer.from([tag]), long, body]);
};
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value));
/** sha256WithRSAEncryption */
const RSA_SHA256 = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
const NAME = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), text(0x0c, 'sns.amazonaws.com'))));

/** A certificate that a key has signed for itself (RFC 5280), PEM. */
function certificate(publicKey: KeyObject, privateKey: KeyObject, until = '491231235959Z'): string {
  const validity = der(0x30, text(0x17, '200101000000Z'), text(0x17, until));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(0x30, der(0x02, Buffer.from([1])), RSA_SHA256, NAME, validity, NAME, spki);
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  const whole = der(0x30, body, RSA_SHA256, der(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const MEMBERS = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** SNS on loopback: it signs messages, and serves the certificate and the confirmation of a subscription. */
export class SnsStandIn {
  static readonly HOST = 'https://sns.eu-west-1.amazonaws.com';
  readonly asked: string[] = [];
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private server!: Server;

  static async start(): Promise<SnsStandIn> {
    const sns = new SnsStandIn();
    const { publicKey, privateKey } = sns.keys;
    const pages: Record<string, string> = {
      '/SimpleNotificationService-1.pem': certificate(publicKey, privateKey),
      '/over.pem': certificate(publicKey, privateKey, '210101000000Z'),
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
