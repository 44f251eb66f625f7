import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { IdentityConfig } from '../identity.config.js';
import { HashQueue } from './hash-queue.service.js';
import { MAX_PASSWORD_BYTES } from './password.rules.js';
import { readStoredHash, type StoredHash } from './stored-hash.rules.js';

const ARGON2ID: Algorithm = 2;

/** The result of a comparison, and whether the hash is older than today's parameters. */
export interface PasswordCheck {
  matches: boolean;
  outdated: boolean;
}

/** Hashes passwords with Argon2id and compares them, with hashes of taken-over systems too; always through the queue. */
@Injectable()
export class Passwords implements OnModuleInit {
  private readonly parameters: { algorithm: Algorithm; memoryCost: number; timeCost: number; parallelism: number };
  private dummy?: Promise<string>;

  constructor(
    config: IdentityConfig,
    private readonly queue: HashQueue,
  ) {
    this.parameters = {
      algorithm: ARGON2ID,
      memoryCost: config.argon2MemoryKib,
      timeCost: config.argon2Passes,
      parallelism: 1,
    };
  }

  /** The first unknown name must not be slower than the second. */
  async onModuleInit(): Promise<void> {
    await this.nobodys();
  }

  /** A hash with its own salt and its parameters in it. @throws Refusal `overloaded` */
  async hash(password: string, deadline: number): Promise<string> {
    return this.queue.run(deadline, () => hash(password, this.parameters));
  }

  /**
   * Compares a password. Without a stored hash, or with input that is never hashed, the same work is done on a hash
   * that nothing matches, so that the time tells nothing (R-EN2, R-PW14).
   * @throws Refusal `overloaded`
   */
  async check(stored: string | null | undefined, password: string, deadline: number): Promise<PasswordCheck> {
    const comparable = Buffer.byteLength(password) <= MAX_PASSWORD_BYTES && stored ? readStoredHash(stored) : undefined;
    const nobodys = comparable ? undefined : await this.nobodys();
    const matches = await this.queue.run(deadline, () =>
      comparable ? comparable.verify(password) : verify(nobodys!, password.slice(0, MAX_PASSWORD_BYTES / 4)),
    );
    return {
      matches: matches && comparable !== undefined,
      outdated: comparable !== undefined && this.isOld(comparable),
    };
  }

  private isOld({ argon2 }: StoredHash): boolean {
    const now = this.parameters;
    return (
      argon2?.algorithm !== now.algorithm ||
      argon2.memoryCost !== now.memoryCost ||
      argon2.timeCost !== now.timeCost ||
      argon2.parallelism !== now.parallelism
    );
  }

  private nobodys(): Promise<string> {
    return (this.dummy ??= hash(randomBytes(32).toString('base64'), this.parameters));
  }
}
