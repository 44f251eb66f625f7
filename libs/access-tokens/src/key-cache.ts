import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Controller, Injectable } from '@nestjs/common';
import { Bus, Watches } from '#bus';
import { InvalidToken, KeyRotated, ListPublicKeys, type KeyPurpose, type PublicKey } from '#contracts';
import type { TokenType, VerificationKey } from './jws.rules.js';

/** A key that nobody knows is asked for at most this often, so that forged `kid`s cost nothing. */
const UNKNOWN_KID_PAUSE_MS = 5_000;
const RELOAD_MS = 300_000;
const VERIFIES = new Set(['next', 'active', 'retiring']);
/** What the keys sign that are of any use here. */
const TYPES: Partial<Record<KeyPurpose, TokenType>> = { access: 'at+jwt', device_token: 'device+jwt' };

/** Public keys of access and device tokens, as the secrets service publishes them. */
@Injectable()
export class KeyCache {
  private keys = new Map<string, VerificationKey>();
  private published: PublicKey[] = [];
  private loadedAt = 0;
  private loading?: Promise<void>;

  constructor(private readonly bus: Bus) {}

  /** Every public key, whatever it is for, as `/.well-known/jwks.json` and `/v1/license/keys` need them. */
  async all(): Promise<PublicKey[]> {
    if (Date.now() - this.loadedAt > RELOAD_MS) await this.reload();
    return this.published;
  }

  /** The key that a token names. @throws Refusal `invalid_token` when there is none. */
  async find(kid: unknown): Promise<VerificationKey> {
    if (typeof kid !== 'string' || kid.length > 64) throw InvalidToken.with();
    const known = this.keys.get(kid);
    if (known) return known;
    if (Date.now() - this.loadedAt > UNKNOWN_KID_PAUSE_MS) await this.reload();
    const found = this.keys.get(kid);
    if (!found) throw InvalidToken.with();
    return found;
  }

  /** Whether tokens of this key are accepted now; a compromised key drops out here. */
  trusts(kid: string): boolean {
    return this.keys.has(kid);
  }

  /** Reads the keys again; calls while one is under way share it. */
  reload(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<void> {
    const { keys } = await this.bus.send(ListPublicKeys, {});
    this.published = keys;
    this.keys = new Map(keys.flatMap(verificationKeyOf).map((key) => [key.kid, key]));
    this.loadedAt = Date.now();
  }
}

function verificationKeyOf({ kid, alg, purpose, state, jwk }: PublicKey): VerificationKey[] {
  const typ = TYPES[purpose];
  if (!typ || !VERIFIES.has(state)) return [];
  return [{ kid, typ, alg, key: createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }) }];
}

@Controller()
export class KeyCacheController {
  constructor(private readonly keys: KeyCache) {}

  @Watches(KeyRotated)
  rotated(): void {
    void this.keys.reload().catch(() => undefined);
  }
}
