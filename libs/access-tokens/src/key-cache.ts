import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Controller, Injectable } from '@nestjs/common';
import { Bus, Watches } from '#bus';
import { InvalidToken, KeyRotated, ListPublicKeys, type KeyPurpose, type PublicKey } from '#contracts';
import { HeldCopy } from './held-copy.js';
import type { TokenType, VerificationKey } from './jws.rules.js';

/** Keys that nobody knows are looked for at most this often, unless that failed, so that forged `kid`s cost nothing. */
const SEARCH_PAUSE_MS = 5_000;
const RELOAD_MS = 300_000;
const VERIFIES = new Set(['next', 'active', 'retiring']);
/** What the keys sign that are of any use here. */
const TYPES: Partial<Record<KeyPurpose, TokenType>> = { access: 'at+jwt', device_token: 'device+jwt' };

/** Public keys of access and device tokens, as the secrets service publishes them. */
@Injectable()
export class KeyCache extends HeldCopy {
  private keys = new Map<string, VerificationKey>();
  private published: PublicKey[] = [];
  private searchedAt = -Infinity;
  private searching?: Promise<void>;

  constructor(private readonly bus: Bus) {
    super();
  }

  /** Every public key, whatever it is for, as `/.well-known/jwks.json` and `/v1/license/keys` need them. */
  async all(): Promise<PublicKey[]> {
    if (this.age > RELOAD_MS) await this.reload();
    return this.published;
  }

  /** The key that a token names. @throws Refusal `invalid_token` when there is none. */
  async find(kid: unknown): Promise<VerificationKey> {
    if (typeof kid !== 'string' || kid.length > 64) throw InvalidToken.with();
    const known = this.keys.get(kid);
    if (known) return known;
    await this.search();
    const found = this.keys.get(kid);
    if (!found) throw InvalidToken.with();
    return found;
  }

  /** Whether tokens of this key are accepted now; a compromised key drops out here. */
  trusts(kid: string): boolean {
    return this.keys.has(kid);
  }

  /** A key may sign before anybody has told of it, and after the list was read a moment ago. */
  private search(): Promise<void> | undefined {
    if (performance.now() - this.searchedAt < SEARCH_PAUSE_MS) return this.searching;
    this.searchedAt = performance.now();
    this.searching = this.readAnew().catch((error: unknown) => {
      this.searchedAt = -Infinity;
      throw error;
    });
    return this.searching;
  }

  protected async load(): Promise<void> {
    const { keys } = await this.bus.send(ListPublicKeys, {});
    this.published = keys;
    this.keys = new Map(keys.flatMap(verificationKeyOf).map((key) => [key.kid, key]));
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
    void this.keys.follow();
  }
}
