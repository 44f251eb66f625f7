import { generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BridgeAccount,
  parse,
  ReadContact,
  ResolveOwner,
  ListPublicKeys,
  SignBlob,
  SignBlobs,
  SignRevocationList,
  SignToken,
  Unavailable,
  type BridgeAccountRequest,
  type Command,
  type SignBlobRequest,
  type SignBlobsRequest,
  type SignRevocationListRequest,
  type SignTokenRequest,
} from '#contracts';
import {
  assembleBlob,
  assembleRevocations,
  revocationsInput,
  signingInput,
  type LicensePublicKey,
} from '#license-format';
import { newId } from '#persistence';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Identity and secrets as licensing sees them: they keep to the contract, remember, and can be away. */
export class Neighbours {
  /** Proven addresses, in lower case. */
  readonly owners = new Map<string, string>();
  readonly addresses = new Map<string, string>();
  /** Legacy accounts that have been bridged. */
  readonly bridged = new Map<string, string>();
  readonly signedBlobs: SignBlobRequest[] = [];
  readonly signedTokens: Record<string, unknown>[] = [];
  /** Names of people whose licenses the keyring does not sign. */
  readonly refused = new Set<string>();
  /** Names of commands that nobody answers. */
  readonly away = new Set<string>();
  /** Called between the signature and its answer. */
  beforeAnswer: () => Promise<void> = () => sleep(2);

  /** Id of the key that signs. */
  kid = 'k1';

  private readonly pair = generateKeyPairSync('ed25519');

  get blobKey(): LicensePublicKey {
    return { kid: 'k1', key: this.pair.publicKey.export({ format: 'jwk' }).x! };
  }

  async send<Req extends object, Res extends object>(command: Command<Req, Res>, input: Req): Promise<Res> {
    const request = parse(command.request, JSON.parse(JSON.stringify(input)));
    if (this.away.has(command.name)) throw Unavailable.with();
    const answer = this.answers[command.name]!(request as never);
    await this.beforeAnswer();
    if (this.away.has(command.name)) throw Unavailable.with();
    return parse(command.response, answer);
  }

  onReconnect(): void {}

  /** What a command is answered with from now on. */
  on<Req extends object, Res extends object>(command: Command<Req, Res>, answer: (input: Req) => object): void {
    this.answers[command.name] = answer;
  }

  private readonly answers: Record<string, (input: never) => object> = {
    [ResolveOwner.name]: ({ email }: { email: string }) => ({ user_id: this.owners.get(email.toLowerCase()) ?? null }),
    [ReadContact.name]: ({ user_id }: { user_id: string }) => ({
      user_id,
      email: this.addresses.get(user_id) ?? null,
      username: 'somebody',
      display_name: null,
    }),
    [BridgeAccount.name]: ({ sub }: BridgeAccountRequest) => this.bridge(sub),
    [SignBlob.name]: (request: SignBlobRequest) => this.signBlob(request),
    [SignBlobs.name]: ({ blobs }: SignBlobsRequest) => ({ blobs: blobs.map((one) => this.outcomeOf(one)) }),
    [SignToken.name]: (request: SignTokenRequest) => this.signToken(request),
    [SignRevocationList.name]: (request: SignRevocationListRequest) => this.signRevocations(request),
    [ListPublicKeys.name]: () => ({ keys: [this.publicKey] }),
  };

  private bridge(sub: string): object {
    const canonical = [...this.addresses.keys()].includes(sub);
    if (!canonical && !this.bridged.has(sub)) this.bridged.set(sub, newId());
    return { user_id: this.bridged.get(sub) ?? sub, resolved_by: canonical ? 'sub' : 'created' };
  }

  private signBlob(request: SignBlobRequest): object {
    const { license_key: key, feat, ...rest } = request;
    this.signedBlobs.push(request);
    const payload = { v: 2 as const, kid: this.kid, iss: 'studio', prod: 'datatools', key, ...rest, feat: feat.list };
    const signed = signingInput(payload);
    return { blob: assembleBlob(signed, sign(null, signed, this.pair.privateKey)), kid: this.kid };
  }

  private outcomeOf(request: SignBlobRequest): object {
    if (this.refused.has(request.name)) return { blob: null, kid: null, refused: 'This one is not signed.' };
    return { ...this.signBlob(request), refused: null };
  }

  private signRevocations({ seq, iat, next, keys }: SignRevocationListRequest): object {
    const input = revocationsInput({ v: 1, kid: 'k1', iss: 'studio', prod: 'datatools', seq, iat, next, keys });
    return { list: assembleRevocations(input, sign(null, input, this.pair.privateKey)), kid: 'k1' };
  }

  /** The blob key as the keyring lists it. */
  private get publicKey(): object {
    const jwk = this.pair.publicKey.export({ format: 'jwk' });
    const not_before = new Date(0).toISOString();
    return { kid: 'k1', purpose: 'license_blob', alg: 'EdDSA', state: 'active', jwk, not_before, not_after: null };
  }

  private signToken({ claims }: SignTokenRequest): object {
    this.signedTokens.push(claims);
    return { token: `${encoded({ alg: 'RS256', typ: 'license+jwt' })}.${encoded(claims)}.c2ln`, kid: 'k2' };
  }
}

/** The claims of a token that {@link Neighbours} signed. */
export const claimsIn = (token: string | null): Record<string, unknown> =>
  JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString('utf8')) as Record<string, unknown>;
