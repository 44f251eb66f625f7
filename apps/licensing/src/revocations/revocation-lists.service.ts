import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { SignRevocationList, Unavailable, type SignedRevocations } from '#contracts';
import { Clock } from '../clock/clock.service.js';
import { RevocationListsRepository, type StoredList } from './revocation-lists.repository.js';

const DAY_MS = 86_400_000;
/** A list is good for a day, and signed again at half of it although it says the same. */
const GOOD_FOR_MS = DAY_MS;
const SIGN_AGAIN_BEFORE_MS = DAY_MS / 2;
const TRIES = 5;

const digestOf = (keys: string[]): string => createHash('sha256').update(keys.join()).digest('base64url');

/** The signed list of licenses out of force. A list that says something else has a higher number, always. */
@Injectable()
export class RevocationListsService {
  constructor(
    private readonly lists: RevocationListsRepository,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** The list of this moment; signed anew when it says something else than the last one, or that one grows old. */
  async current(): Promise<SignedRevocations> {
    for (let tries = 0; tries < TRIES; tries++) {
      const now = this.clock.now();
      // In this order: whatever the newest list says was so before it was read, and is among the keys.
      const newest = await this.lists.newest();
      const keys = await this.lists.outOfForce(now);
      if (newest && newest.keys_digest === digestOf(keys) && isFresh(newest, now)) return { list: newest.list };
      const next = await this.sign((newest?.seq ?? 0) + 1, keys, now);
      if (await this.lists.store(next)) return { list: next.list };
    }
    throw Unavailable.with();
  }

  private async sign(seq: number, keys: string[], now: Date): Promise<StoredList> {
    const iat = Math.floor(now.getTime() / 1_000);
    const next = iat + GOOD_FOR_MS / 1_000;
    const { list, kid } = await this.bus.send(SignRevocationList, { seq, iat, next, keys });
    const next_at = new Date(next * 1_000);
    return { seq, keys_digest: digestOf(keys), kid, list, issued_at: now, next_at };
  }
}

const isFresh = ({ next_at }: StoredList, now: Date): boolean =>
  next_at.getTime() - now.getTime() > SIGN_AGAIN_BEFORE_MS;
