import { command } from '../command.js';
import { Empty } from '../empty.js';
import { error } from '../errors.js';
import { Flag, Int, Json, NestedList, OneOf, SecretText, Text, TextList, Timestamp } from '../fields.js';
import { Forbidden, ValidationFailed } from '../general.errors.js';

/** What a key is for; a key signs for one purpose only. */
export const KEY_PURPOSES = ['access', 'id_token', 'device_token', 'license_token', 'license_blob'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** Signature algorithms of JWS (RFC 7518, RFC 8037) that there are keys for. */
export const SIGNING_ALGS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

/** `next` is published but does not sign yet; `retiring` verifies still; `retired` verifies no more. */
export const KEY_STATES = ['next', 'active', 'retiring', 'retired', 'compromised'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export const Sealed = error('sealed', 'unavailable', 'The keys are sealed; an operator has to unseal them.');
export const ClaimsRefused = error('claims_refused', 'forbidden', 'These claims may not be signed for this caller.');

export class SignTokenRequest {
  @OneOf(['access', 'id_token', 'device_token', 'license_token']) purpose!: Exclude<KeyPurpose, 'license_blob'>;
  @OneOf(SIGNING_ALGS, { optional: true, description: 'Default: the purpose’s usual one.' }) alg?: SigningAlg;
  @Json({ description: 'The claims; `exp`, `iat`, `aud`, `sub`, `jti` are required. At most 8 KiB.' })
  claims!: Record<string, unknown>;
}

export class SignedToken {
  @SecretText({ max: 16_384, description: 'Compact JWS.' }) token!: string;
  @Text({ max: 64 }) kid!: string;
}

export const SignToken = command('secrets.token.sign', {
  request: SignTokenRequest,
  response: SignedToken,
  errors: [ValidationFailed, ClaimsRefused, Sealed],
  permission: 'apps',
  callers: ['identity', 'licensing'],
  concurrency: 256,
  summary:
    'Signs a token from claims: `access`, `id_token` and `device_token` for identity, `license_token` for licensing.',
});

export class SignBlobRequest {
  @Text({ max: 64 }) license_key!: string;
  @Text({ max: 32 }) tier!: string;
  @Text({ max: 128 }) name!: string;
  @Text({ max: 254 }) email!: string;
  @Int({ min: 0, description: 'Unix seconds.' }) iat!: number;
  @Int({ min: 0, description: 'Unix seconds.' }) nbf!: number;
  @Int({ min: 0, description: 'Unix seconds.' }) exp!: number;
  @Json({ description: 'Feature names: `{ list: string[] }`.' }) feat!: { list: string[] };
  @Text({ max: 64 }) jti!: string;
}

export class SignedBlob {
  @Text({ max: 8192, description: '`DTLIC2:…`' }) blob!: string;
  @Text({ max: 64 }) kid!: string;
}

export const SignBlob = command('secrets.blob.sign', {
  request: SignBlobRequest,
  response: SignedBlob,
  errors: [ValidationFailed, ClaimsRefused, Sealed],
  permission: 'apps',
  callers: ['licensing'],
  summary: 'Builds and signs a license blob; `kid`, `iss` and `prod` are the keyring’s own.',
});

export class PublicKey {
  @Text({ max: 64 }) kid!: string;
  @OneOf(KEY_PURPOSES) purpose!: KeyPurpose;
  @Text({ max: 16 }) alg!: string;
  @OneOf(KEY_STATES) state!: KeyState;
  @Json({ description: 'Public JWK (RFC 7517).' }) jwk!: Record<string, unknown>;
  @Timestamp() not_before!: string;
  @Timestamp({ nullable: true }) not_after!: string | null;
  @TextList({ optional: true, description: 'What offline roots say of a key of license blobs: `DTKEY1:…`.' })
  certificates?: string[];
}

export class PublicKeys {
  @NestedList(() => PublicKey) keys!: PublicKey[];
}

export const ListPublicKeys = command('secrets.key.list', {
  request: Empty,
  response: PublicKeys,
  permission: 'apps',
  callers: ['gateway', 'realtime', 'licensing', 'identity'],
  summary: 'Every public key that may still have to verify something.',
});

export class RotateKeyRequest {
  @OneOf(KEY_PURPOSES) purpose!: KeyPurpose;
  @OneOf(SIGNING_ALGS, { optional: true, description: 'Default: the purpose’s usual one.' }) alg?: SigningAlg;
  @Flag({ optional: true, description: 'The key before is known to others: nothing that it signed is valid any more.' })
  compromised?: boolean;
}

export const RotateKey = command('secrets.key.rotate', {
  request: RotateKeyRequest,
  response: PublicKey,
  errors: [ValidationFailed, Sealed],
  permission: 'internal:keys.rotate',
  summary: 'Makes a new active key; the one before goes on verifying through the overlap.',
});

export class DeriveMacKeyRequest {
  @OneOf(['refresh_token', 'mail_token']) context!: 'refresh_token' | 'mail_token';
}

export class MacKey {
  @SecretText({ max: 64, description: '32 bytes, base64url.' }) key!: string;
}

export const DeriveMacKey = command('secrets.mac_key.derive', {
  request: DeriveMacKeyRequest,
  response: MacKey,
  errors: [Forbidden, Sealed],
  permission: 'apps',
  callers: ['identity'],
  summary:
    'A symmetric key for one context, derived from the key-encryption key: identity authenticates its own opaque tokens with it.',
});

export class AuditReport {
  @Int({ min: 0 }) chains!: number;
  @Int({ min: 0 }) entries!: number;
  @Text({ nullable: true, max: 512, description: 'The first place where a chain is broken.' }) broken_at!:
    string | null;
}

export const VerifyAudit = command('secrets.audit.verify', {
  request: Empty,
  response: AuditReport,
  permission: 'internal:audit.verify',
  timeoutMs: 60_000,
  concurrency: 1,
  summary: 'Walks the audit chains and names the first entry that was changed, removed or reordered.',
});
