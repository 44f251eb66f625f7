import { createHmac, createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import type { PublicKey } from '#contracts';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Signs tokens as the real system does, and as an attacker would. */
export class Issuer {
  readonly publicPem: string;
  private readonly privateKey: KeyObject;
  private readonly jwk: Record<string, unknown>;

  constructor(readonly issuer: string) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.privateKey = privateKey;
    this.publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    this.jwk = publicKey.export({ format: 'jwk' }) as Record<string, unknown>;
  }

  /** What the secrets service lists: an access key, and a license key that no JWKS may show. */
  keys(): PublicKey[] {
    const times = { not_before: new Date(0).toISOString(), not_after: null };
    return [
      { kid: 'access-1', purpose: 'access', alg: 'RS256', state: 'active', jwk: this.jwk, ...times },
      { kid: 'id-1', purpose: 'id_token', alg: 'RS256', state: 'active', jwk: this.jwk, ...times },
      { kid: 'device-1', purpose: 'device_token', alg: 'RS256', state: 'active', jwk: this.jwk, ...times },
      {
        kid: 'blob-1',
        purpose: 'license_blob',
        alg: 'EdDSA',
        state: 'active',
        jwk: { kty: 'OKP', x: 'AAAA' },
        ...times,
      },
    ];
  }

  claims(more: Record<string, unknown> = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.issuer,
      sub: randomUUID(),
      aud: ['branchpy-api'],
      client_id: 'branchpy-cli',
      sid: randomUUID(),
      jti: randomUUID(),
      iat: now,
      exp: now + 900,
      auth_time: now,
      roles: ['player'],
      amr: ['pwd'],
      ...more,
    };
  }

  /** A person's access token. */
  token(more: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
    return this.sign(this.claims(more), header);
  }

  /** An ID token for a client, of a session there. */
  idToken(client_id: string, more: Record<string, unknown> = {}): string {
    return this.token({ aud: client_id, ...more }, { typ: 'JWT', kid: 'id-1' });
  }

  /** The token of a paired device. */
  deviceToken(more: Record<string, unknown> = {}): string {
    const person = { sid: undefined, roles: undefined, amr: undefined, auth_time: undefined };
    return this.token({ ...person, device_id: randomUUID(), ...more }, { typ: 'device+jwt', kid: 'device-1' });
  }

  /** A token of the client credentials grant. */
  serviceToken(caller: string, scopes: string[]): string {
    const claims = { sub: caller, client_id: caller, aud: ['gatehouse-internal'], sid: undefined, roles: [] };
    return this.token({ ...claims, scope: scopes.join(' ') });
  }

  /** A token whose `alg` is HS256 and whose secret is our public key (RFC 8725 §2.1). */
  confusedToken(): string {
    const input = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: 'access-1' })}.${encoded(this.claims())}`;
    return `${input}.${createHmac('sha256', this.publicPem).update(input).digest('base64url')}`;
  }

  unsignedToken(): string {
    return `${encoded({ alg: 'none', typ: 'at+jwt', kid: 'access-1' })}.${encoded(this.claims())}.`;
  }

  private sign(claims: Record<string, unknown>, header: Record<string, unknown>): string {
    const input = `${encoded({ alg: 'RS256', typ: 'at+jwt', kid: 'access-1', ...header })}.${encoded(claims)}`;
    return `${input}.${createSign('sha256').update(input).sign(this.privateKey, 'base64url')}`;
  }
}
