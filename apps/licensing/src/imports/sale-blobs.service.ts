import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { MOST_BLOBS, Refusal, SignBlobs } from '#contracts';
import { Transactions } from '#persistence';
import { claimsOf } from '../licenses/blob-claims.rules.js';
import type { OrderedIssuance } from '../licenses/issuance.repository.js';
import { ReservationsService, type OrderedMint, type Settled } from '../licenses/reservations.service.js';
import { notMintable, type NotMintable } from './mintable.rules.js';

/** A reservation with what was signed for it. */
export interface SignedSale {
  issuance: OrderedIssuance;
  blob: string;
  kid: string;
}

const UNSIGNABLE: NotMintable = { member: '', code: 'claims_refused' };

/** By order: what was signed for a sale, or why it was not. */
export type Made = Map<string, SignedSale | NotMintable>;

/** Reservations of one statement; one of thousands would come near the time that a statement has. */
const MOST_ROWS = 500;

/** Has licenses of many sales signed. As for every license, the log has its row before the keyring is asked. */
@Injectable()
export class SaleBlobs {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly reservations: ReservationsService,
  ) {}

  /** No transaction waits for the keyring. */
  async make(sales: readonly OrderedMint[], requestedBy: string): Promise<Made> {
    const made: Made = new Map();
    const reserved: OrderedIssuance[] = [];
    for (const [order, one] of await this.reserve(sales, requestedBy)) {
      if (one instanceof Refusal) made.set(order, notMintable(one));
      else reserved.push(one);
    }
    for (const some of inParts(reserved, MOST_BLOBS)) {
      const { blobs } = await this.bus.send(SignBlobs, { blobs: some.map(claimsOf) });
      some.forEach((issuance, at) => {
        const { blob, kid } = blobs[at]!;
        const isSigned = blob !== null && kid !== null;
        made.set(issuance.gumroad_order_id, isSigned ? { issuance, blob, kid } : UNSIGNABLE);
      });
    }
    return made;
  }

  private reserve(sales: readonly OrderedMint[], by: string): Promise<Settled> {
    const inOrder = [...sales].sort((a, b) => (a.order < b.order ? -1 : 1));
    return this.tx.run(async () => {
      const reserved: Settled = new Map();
      for (const some of inParts(inOrder, MOST_ROWS))
        for (const [order, one] of await this.reservations.reserveAll(some, by)) reserved.set(order, one);
      return reserved;
    });
  }
}

/** A list in parts of at most `most`. */
export const inParts = <T>(all: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, n) => all.slice(n * most, (n + 1) * most));
