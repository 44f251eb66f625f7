import { createHash, createHmac, randomUUID } from 'node:crypto';
import { HeldPair, HeldSecret } from './held-keys.js';
import { loopback, type Heard, type Loopback, type Said } from './loopback.js';

export interface AwsServer extends Loopback {
  secrets: Map<string, HeldSecret>;
  pairs: Map<string, HeldPair>;
  /** What it takes as web identity. */
  webIdentity: string;
  /** Roles that it has handed out. */
  taken: number;
}

type Body = Record<string, unknown>;
type Keys = Pick<AwsServer, 'secrets' | 'pairs'>;

export const AWS_KEY = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const ROLE = { id: 'ASIAROLE', secret: 'secret-of-the-role', token: 'session-of-the-role' };

const bytes = (text: unknown): Buffer => Buffer.from(String(text ?? ''), 'base64');
const refused = (type: string): Said => ({ status: 400, body: { __type: type, message: type } });
const told = (body: Body): Said => ({ status: 200, body });

/** AWS KMS in eu-central-1 and STS, as far as their APIs are used. Requests must be signed. */
export async function awsServer(): Promise<AwsServer> {
  const state = {
    secrets: new Map([
      ['alias/gatehouse', new HeldSecret()],
      ['alias/another', new HeldSecret()],
      ['1b0f', new HeldSecret()],
    ]),
    pairs: new Map<string, HeldPair>(),
    webIdentity: 'eyJ.first',
    taken: 0,
  };
  const answer = (heard: Heard): Said => {
    if (heard.path.startsWith('/sts')) return assumeRole(state, new URLSearchParams(heard.body));
    const refusal = signatureRefusal(heard);
    if (refusal) return refused(refusal);
    const operation = String(heard.headers['x-amz-target']).replace('TrentService.', '');
    return OPERATIONS[operation]?.(state, JSON.parse(heard.body) as Body) ?? refused('UnknownOperationException');
  };
  return Object.assign(state, await loopback(answer));
}

const OPERATIONS: Record<string, (keys: Keys, said: Body) => Said> = {
  Encrypt: ({ secrets }, said) => {
    const key = secrets.get(String(said.KeyId));
    if (!key) return refused('NotFoundException');
    return told({
      KeyId: arnOf(said),
      CiphertextBlob: key.seal(bytes(said.Plaintext), aadOf(said)).toString('base64'),
    });
  },
  Decrypt: ({ secrets }, said) => {
    const key = secrets.get(String(said.KeyId));
    if (!key) return refused('NotFoundException');
    if (key.disabled) return refused('DisabledException');
    const others = [...secrets.values()].filter((other) => other !== key);
    const open = (by: HeldSecret): Buffer | undefined => by.open(bytes(said.CiphertextBlob), aadOf(said));
    const plaintext = open(key);
    if (plaintext) return told({ KeyId: arnOf(said), Plaintext: plaintext.toString('base64') });
    return refused(others.some(open) ? 'IncorrectKeyException' : 'InvalidCiphertextException');
  },
  CreateKey: ({ pairs }, { KeySpec, KeyUsage }) => {
    if (KeyUsage !== 'SIGN_VERIFY') return refused('ValidationException');
    const kind = { ECC_NIST_EDWARDS25519: 'ed25519', ECC_NIST_P256: 'p256' }[String(KeySpec)] ?? 'rsa';
    const KeyId = randomUUID();
    pairs.set(KeyId, new HeldPair(kind as HeldPair['kind'], Number(String(KeySpec).split('_')[1])));
    return told({ KeyMetadata: { KeyId, KeySpec, Enabled: true } });
  },
  GetPublicKey: ({ pairs }, said) => {
    const spki = pairs.get(String(said.KeyId))!.publicKey.export({ format: 'der', type: 'spki' });
    return told({ KeyId: arnOf(said), PublicKey: spki.toString('base64') });
  },
  Sign: ({ pairs }, said) => {
    const pair = pairs.get(String(said.KeyId));
    if (!pair) return refused('NotFoundException');
    if (pair.destroyed) return refused('KMSInvalidStateException');
    const expected = {
      ed25519: 'RAW,ED25519_SHA_512',
      p256: 'DIGEST,ECDSA_SHA_256',
      rsa: 'DIGEST,RSASSA_PKCS1_V1_5_SHA_256',
    };
    if (expected[pair.kind] !== `${String(said.MessageType)},${String(said.SigningAlgorithm)}`) {
      return refused('ValidationException');
    }
    const message = bytes(said.Message);
    const signature = pair.kind === 'ed25519' ? pair.sign(message) : pair.signDigest(message);
    return told({ KeyId: arnOf(said), Signature: signature.toString('base64') });
  },
  ScheduleKeyDeletion: ({ pairs }, said) => {
    const pair = pairs.get(String(said.KeyId));
    if (!pair) return refused('NotFoundException');
    if (pair.destroyed) return refused('KMSInvalidStateException');
    pair.destroyed = true;
    return told({ KeyId: said.KeyId, KeyState: 'PendingDeletion' });
  },
  DescribeKey: ({ pairs }, said) => {
    const pair = pairs.get(String(said.KeyId));
    if (!pair) return refused('NotFoundException');
    return told({ KeyMetadata: { KeyId: said.KeyId, KeyState: pair.destroyed ? 'PendingDeletion' : 'Enabled' } });
  },
};

/** The key's own name; an alias stands for one. */
const arnOf = ({ KeyId }: Body): string => `arn:aws:kms:eu-central-1:1:key/${String(KeyId).replace('alias/', 'of-')}`;

const aadOf = ({ EncryptionContext }: Body): Buffer => Buffer.from(JSON.stringify(EncryptionContext ?? {}));

function assumeRole(state: { webIdentity: string; taken: number }, form: URLSearchParams): Said {
  if (form.get('WebIdentityToken') !== state.webIdentity)
    return { status: 400, body: '<Code>InvalidIdentityToken</Code>' };
  state.taken++;
  const ends = new Date(Date.now() + 3_600_000).toISOString();
  const member = (name: string, value: string): string => `<${name}>${value}</${name}>`;
  const body = [
    member('AccessKeyId', ROLE.id),
    member('SecretAccessKey', ROLE.secret),
    member('SessionToken', ROLE.token),
    member('Expiration', ends),
  ].join('');
  return {
    status: 200,
    body: `<AssumeRoleWithWebIdentityResponse><Credentials>${body}</Credentials></AssumeRoleWithWebIdentityResponse>`,
  };
}

/** Checks a request the way AWS documents it: everything that was signed is taken from what has arrived. */
function signatureRefusal({ method, path, headers, body }: Heard): string | undefined {
  const said =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/kms\/aws4_request, SignedHeaders=([^,]+), Signature=(\w{64})$/;
  const [, id, day, region, names = '', signature] = said.exec(String(headers.authorization)) ?? [];
  if (region !== 'eu-central-1') return 'IncompleteSignatureException';
  const role = id === ROLE.id && headers['x-amz-security-token'] === ROLE.token;
  if (!role && id !== AWS_KEY.id) return 'UnrecognizedClientException';
  if (!names.split(';').includes('host') || !names.split(';').includes('x-amz-date'))
    return 'InvalidSignatureException';
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = `${method}\n${path}\n\n${lines.join('')}\n${names}\n${sha(body)}`;
  const time = String(headers['x-amz-date']);
  const input = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/kms/aws4_request\n${sha(canonical)}`;
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const dayKey = mac(`AWS4${role ? ROLE.secret : AWS_KEY.secret}`, day!);
  const key = mac(mac(mac(dayKey, region), 'kms'), 'aws4_request');
  return mac(key, input).toString('hex') === signature ? undefined : 'InvalidSignatureException';
}
