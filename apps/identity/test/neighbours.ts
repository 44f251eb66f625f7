import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  DeriveMacKey,
  IssueLicenseToken,
  OpenSealed,
  SealValue,
  SignToken,
  Unavailable,
  type DeriveMacKeyRequest,
  type IssuedLicenseToken,
  type IssueLicenseTokenRequest,
  type MacKey,
  type OpenedValue,
  type OpenSealedRequest,
  type SealedValue,
  type SealValueRequest,
  type SignedToken,
  type SignTokenRequest,
} from '#contracts';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Secrets as identity sees it. */
@Controller()
export class SecretsNeighbour {
  readonly signed: Record<string, unknown>[] = [];
  /** While set, nothing is signed. */
  sealed = false;
  /** Called with every question for a signature, before its answer. */
  beforeAnswer: () => Promise<void> = async () => {};

  @Handles(SignToken, { transaction: false })
  async sign({ claims, purpose, alg = 'RS256' }: SignTokenRequest): Promise<SignedToken> {
    await this.beforeAnswer();
    if (this.sealed) throw Unavailable.with();
    if (purpose === 'license_token') throw new Error('identity signs no license tokens');
    this.signed.push(claims);
    const typ = { access: 'at+jwt', device_token: 'device+jwt', id_token: 'JWT' }[purpose];
    return { token: `${encoded({ alg, typ })}.${encoded(claims)}.c2ln`, kid: 'k1' };
  }

  @Handles(DeriveMacKey, { transaction: false })
  async derive({ context }: DeriveMacKeyRequest): Promise<MacKey> {
    return { key: createHash('sha256').update(`test ${context}`).digest('base64url') };
  }

  /** Opens for the place that it was sealed for and no other, as the real one does. */
  @Handles(SealValue, { transaction: false })
  async seal({ plaintext, ...place }: SealValueRequest): Promise<SealedValue> {
    return { ciphertext: Buffer.from(JSON.stringify([place, plaintext])).toString('base64url') };
  }

  @Handles(OpenSealed, { transaction: false })
  async open({ ciphertext, ...place }: OpenSealedRequest): Promise<OpenedValue> {
    const [sealedFor, plaintext] = JSON.parse(Buffer.from(ciphertext, 'base64url').toString()) as [object, string];
    if (JSON.stringify(sealedFor) !== JSON.stringify(place)) throw new Error('sealed for another place');
    return { plaintext };
  }
}

/** Licensing as identity sees it. */
@Controller()
export class LicensingNeighbour {
  asked = 0;
  away = false;
  /** Version of the entitlement that issued tokens state. */
  version = 0;

  @Handles(IssueLicenseToken, { transaction: false })
  async issue({ user_id, ttl }: IssueLicenseTokenRequest): Promise<IssuedLicenseToken> {
    this.asked++;
    if (this.away) throw Unavailable.with();
    const issued_at = new Date().toISOString();
    const expires_at = new Date(Date.now() + ttl * 1_000).toISOString();
    const license_token = `license.${user_id}.${this.version}.${this.asked}`;
    return { license_token, version: this.version, issued_at, expires_at };
  }
}

/** The claims of a token that {@link SecretsNeighbour} signed. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as Record<string, unknown>;
