import { createHash, createPublicKey } from 'node:crypto';
import type { SigningAlg } from '#contracts';
import { IntegrityError } from '../kek/envelope.js';
import { KeyProvider, type GeneratedKey, type Signer, type SigningKeySpec } from '../kek/key-provider.js';
import { lengthPrefixed } from '../kek/length-prefixed.js';
import type { AwsCredentialSource } from './aws-credentials.js';
import { signedHeaders } from './aws-signature.js';
import { joseSignature } from './der.js';
import { askProvider, SLOW_MS, textIn, unavailable, type ProviderAnswer } from './provider-request.js';

/** A symmetric key of AWS KMS. */
export interface AwsKey {
  region: string;
  /** Id, alias or ARN. */
  keyId: string;
  /** e.g. `https://kms.eu-central-1.amazonaws.com` */
  url: string;
  timeoutMs: number;
}

const SIGN: Readonly<Record<SigningAlg, { spec: (bits: number) => string; algorithm: string }>> = {
  EdDSA: { spec: () => 'ECC_NIST_EDWARDS25519', algorithm: 'ED25519_SHA_512' },
  ES256: { spec: () => 'ECC_NIST_P256', algorithm: 'ECDSA_SHA_256' },
  RS256: { spec: (bits) => `RSA_${bits}`, algorithm: 'RSASSA_PKCS1_V1_5_SHA_256' },
};
/** What says that it is the ciphertext that is wrong. */
const INTEGRITY = /^(InvalidCiphertext|IncorrectKey)Exception$/;
const PENDING_DAYS = 7;

/** AWS KMS over signed HTTP. */
export class AwsKms extends KeyProvider {
  readonly id: string;

  constructor(
    private readonly key: AwsKey,
    private readonly source: AwsCredentialSource,
  ) {
    super();
    this.id = `awskms:${key.region}/${key.keyId}`;
  }

  async wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer> {
    const said = { KeyId: this.key.keyId, Plaintext: dataKey.toString('base64'), ...contextOf(context) };
    return this.bytes(await this.askOf('Encrypt', said), 'CiphertextBlob');
  }

  async unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer> {
    const said = { KeyId: this.key.keyId, CiphertextBlob: wrapped.toString('base64'), ...contextOf(context) };
    return this.bytes(await this.askOf('Decrypt', said), 'Plaintext');
  }

  async generate({ alg, bits }: SigningKeySpec): Promise<GeneratedKey> {
    const said = { KeySpec: SIGN[alg].spec(bits), KeyUsage: 'SIGN_VERIFY', Description: 'Gatehouse signing key' };
    const { KeyMetadata } = await this.ask('CreateKey', said, SLOW_MS);
    const KeyId = textIn(this.id, KeyMetadata, 'KeyId');
    const spki = this.bytes(await this.askOf('GetPublicKey', { KeyId }), 'PublicKey');
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return { publicJwk: publicKey.export({ format: 'jwk' }), handle: Buffer.from(KeyId, 'utf8') };
  }

  async open({ alg }: SigningKeySpec, handle: Buffer): Promise<Signer> {
    const KeyId = handle.toString('utf8');
    return async (data) => {
      // A message of any length by its digest; Ed25519 takes none, and messages of at most 4,096 bytes.
      const message = alg === 'EdDSA' ? Buffer.from(data) : createHash('sha256').update(data).digest();
      const answer = await this.askOf('Sign', {
        KeyId,
        Message: message.toString('base64'),
        MessageType: alg === 'EdDSA' ? 'RAW' : 'DIGEST',
        SigningAlgorithm: SIGN[alg].algorithm,
      });
      const signature = this.bytes(answer, 'Signature');
      return alg === 'ES256' ? joseSignature(signature) : signature;
    };
  }

  async destroy(handle: Buffer): Promise<void> {
    const KeyId = handle.toString('utf8');
    const answer = await this.answerTo('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: PENDING_DAYS });
    if (answer.status !== 200 && !(await this.isGone(KeyId))) throw this.refused(answer);
  }

  private async isGone(KeyId: string): Promise<boolean> {
    const answer = await this.answerTo('DescribeKey', { KeyId });
    if (answer.status !== 200) return typeOf(answer) === 'NotFoundException';
    return (answer.body.KeyMetadata as { KeyState?: unknown } | undefined)?.KeyState === 'PendingDeletion';
  }

  /** What is asked of one key is answered with the ARN of the key that did it. */
  private async askOf(
    operation: string,
    said: { KeyId: string } & Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const answer = await this.ask(operation, said);
    if (!isKey(said.KeyId, textIn(this.id, answer, 'KeyId'))) throw unavailable(this.id, 'it answered for another key');
    return answer;
  }

  private async ask(operation: string, said: object, timeoutMs?: number): Promise<Record<string, unknown>> {
    const answer = await this.answerTo(operation, said, timeoutMs);
    if (answer.status === 200) return answer.body;
    throw INTEGRITY.test(typeOf(answer)) ? new IntegrityError() : this.refused(answer);
  }

  private async answerTo(operation: string, said: object, timeoutMs = this.key.timeoutMs): Promise<ProviderAnswer> {
    const { url, region } = this.key;
    const body = JSON.stringify(said);
    const own = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` };
    const request = { url: `${url}/`, region, service: 'kms', body, headers: own };
    const headers = signedHeaders(request, await this.source.credentials(), new Date());
    return askProvider(this.id, { method: 'POST', url: request.url, headers, body, timeoutMs });
  }

  private refused(answer: ProviderAnswer): Error {
    return unavailable(this.id, `it answered ${answer.status} ${typeOf(answer)}`.trim());
  }

  private bytes(answer: Record<string, unknown>, name: string): Buffer {
    return Buffer.from(textIn(this.id, answer, name), 'base64');
  }
}

/** What kind of refusal it is, without its namespace. */
const typeOf = ({ body }: ProviderAnswer): string => String(body.__type ?? '').replace(/^.*#/, '');

/** Whether an ARN is that of the key that was asked for; which key an alias stands for, AWS alone knows. */
const isKey = (asked: string, arn: string): boolean =>
  /(^|:)alias\//.test(asked) || arn === asked || arn.endsWith(`:key/${asked}`);

const contextOf = (context: readonly string[]): { EncryptionContext: Record<string, string> } => ({
  EncryptionContext: { gatehouse: lengthPrefixed(context).toString('base64') },
});
