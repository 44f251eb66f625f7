import { Injectable } from '@nestjs/common';
import { SharedStore } from '#bus';
import { IdempotencyKeyReused, Overloaded } from '#contracts';

const BUCKET = 'answers';

/** Longer than commands take, but for imports of whole exports: whoever holds a key for longer is taken for dead. */
const LEASE_MS = 60_000;
const WAIT_MS = 50;
const WAITS = 100;

/** The broker carries messages of 1 MiB; an answer of more than this is not kept. */
const MOST_CHARACTERS = 500_000;

interface Entry {
  /** Of the request. */
  digest: string;
  /** Unix milliseconds at which its work began. */
  at: number;
  /** What it was answered; nothing while it is under way. */
  answer?: { body?: unknown };
}

/** A key that is ours to work under, or the answer that it had before. */
export type Taken = { answer: { body?: unknown } } | { answer?: undefined; revision: number };

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Answers by idempotency key, for a day, for all replicas. */
@Injectable()
export class KeptAnswers {
  constructor(private readonly store: SharedStore) {}

  /**
   * Waits while another request works under the same key.
   * @throws Refusal `idempotency_key_reused` when that was another request; `overloaded`, `unavailable`
   */
  async take(key: string, digest: string): Promise<Taken> {
    for (let waits = 0; waits < WAITS; waits++) {
      const { value, revision } = await this.store.read(BUCKET, key);
      const entry = value ? (JSON.parse(value) as Entry) : undefined;
      if (entry && entry.digest !== digest) throw IdempotencyKeyReused.with();
      if (entry?.answer) return { answer: entry.answer };
      if (!entry || entry.at < Date.now() - LEASE_MS) {
        const taken = await this.write(key, { digest, at: Date.now() }, revision);
        if (taken !== undefined) return { revision: taken };
      } else await pause(WAIT_MS);
    }
    throw Overloaded.with();
  }

  /** Keeps what the request was answered, if it is not out of all measure. */
  async keep(key: string, entry: Required<Entry>, revision: number): Promise<void> {
    if (JSON.stringify(entry).length > MOST_CHARACTERS) return this.release(key, revision);
    await this.write(key, entry, revision);
  }

  /** The key may be used again: nothing was done under it. */
  async release(key: string, revision: number): Promise<void> {
    await this.store.write(BUCKET, key, '', revision);
  }

  private write(key: string, entry: Entry, revision: number): Promise<number | undefined> {
    return this.store.write(BUCKET, key, JSON.stringify(entry), revision);
  }
}
