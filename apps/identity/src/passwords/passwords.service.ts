import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Algorithm, hash, parseOptions, verify } from '@node-rs/argon2';
import { IdentityConfig } from '../identity.config.js';
import { HashQueue } from './hash-queue.service.js';
import { MAX_PASSWORD_BYTES } from './password.rules.js';

/** What a stored hash may cost to check: beyond it a planted row could take the machine down (R-PW12). */
const MOST_MEMORY_KIB = 1_048_576;
const MOST_PASSES = 16;
const MOST_LANES = 8;
const ARGON2ID: Algorithm = 2;

/** The result of a comparison, and whether the hash is older than today's parameters. */
export interface PasswordCheck {
  matches: boolean;
  outdated: boolean;
}

/** Hashes and compares passwords with Argon2id, always through the queue. */
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
    const comparable = Buffer.byteLength(password) <= MAX_PASSWORD_BYTES ? (stored ?? undefined) : undefined;
    const parameters = comparable === undefined ? undefined : affordable(comparable);
    const against = parameters ? comparable! : await this.nobodys();
    const offered = comparable === undefined ? password.slice(0, MAX_PASSWORD_BYTES / 4) : password;
    const same = await this.queue.run(deadline, () => verify(against, offered));
    return { matches: same && parameters !== undefined, outdated: parameters !== undefined && this.isOld(parameters) };
  }

  private isOld(p: ReturnType<typeof parseOptions>): boolean {
    const now = this.parameters;
    return (
      p.algorithm !== now.algorithm ||
      p.memoryCost !== now.memoryCost ||
      p.timeCost !== now.timeCost ||
      p.parallelism !== now.parallelism
    );
  }

  private nobodys(): Promise<string> {
    return (this.dummy ??= hash(randomBytes(32).toString('base64'), this.parameters));
  }
}

function affordable(stored: string): ReturnType<typeof parseOptions> | undefined {
  try {
    const p = parseOptions(stored);
    const fits = p.memoryCost <= MOST_MEMORY_KIB && p.timeCost <= MOST_PASSES && p.parallelism <= MOST_LANES;
    return fits ? p : undefined;
  } catch {
    return undefined;
  }
}
