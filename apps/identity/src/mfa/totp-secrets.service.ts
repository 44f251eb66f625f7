import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { OpenSealed, SealValue } from '#contracts';
import { SECRET_BYTES } from './totp.rules.js';

/** Where a secret belongs: its ciphertext opens for no other account and in no other place. */
const placeOf = (userId: string) => ({ owner_id: userId, purpose: 'totp', record: userId, field: 'sealed_secret' });

/** Secrets of authenticators. They are sealed by the secrets service and kept nowhere else (R-MF3). */
@Injectable()
export class TotpSecrets {
  constructor(private readonly bus: Bus) {}

  /** A new secret, and what may be stored of it. */
  async make(userId: string): Promise<{ secret: Buffer; sealed: string }> {
    const secret = randomBytes(SECRET_BYTES);
    const plaintext = secret.toString('base64url');
    const { ciphertext } = await this.bus.send(SealValue, { ...placeOf(userId), plaintext });
    return { secret, sealed: ciphertext };
  }

  async open(userId: string, sealed: string): Promise<Buffer> {
    const { plaintext } = await this.bus.send(OpenSealed, { ...placeOf(userId), ciphertext: sealed });
    return Buffer.from(plaintext, 'base64url');
  }
}
