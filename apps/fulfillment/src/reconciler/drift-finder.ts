import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { ReadLicense, Refusal, type Drift, type LicenseStatus, type Store } from '#contracts';
import { StorefrontUnreachable, type Storefront } from '../storefronts/storefront.js';
import { DriftRepository, type UnreceivedMail, type Withdrawn } from './drift.repository.js';

/** With ten orders a page, which is the fewest, half a million of them. */
const MOST_PAGES = 50_000;
/** No id comes before it. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Finds what does not agree, a page at a time. */
@Injectable()
export class DriftFinder {
  constructor(
    private readonly bus: Bus,
    private readonly books: DriftRepository,
  ) {}

  /** Page by page what a store lists since a day. @throws StorefrontUnreachable */
  async *inStore(storefront: Storefront, after: string): AsyncGenerator<{ read: number; drift: Drift[] }> {
    const { store } = storefront;
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      if (cursor) assertOnward(cursor, seen);
      const page = await storefront.listOrders({ after }, cursor);
      const unsettled = page.orders.length ? await this.books.unsettled(store, page.orders) : [];
      const drift = unsettled.map(({ order_id, kind }) => driftOf(kind, { store, order_id }));
      yield { read: page.orders.length, drift };
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
  }

  /** What our own books and licensing's do not agree about. */
  async *inBooks(since: string): AsyncGenerator<Drift[]> {
    for await (const orders of paged((after) => this.books.unlicensed(since, after))) {
      yield orders.map((order) => driftOf('sold_without_license', order));
    }
    for await (const orders of paged((after) => this.books.withdrawn(since, after))) {
      yield await this.stillLicensed(orders);
    }
    for await (const mail of paged((after) => this.books.unreceived(since, after))) yield mail.map(bounced);
  }

  private async stillLicensed(orders: Withdrawn[]): Promise<Drift[]> {
    const drift: Drift[] = [];
    for (const order of orders) {
      const status = await this.statusOf(order.license_key);
      if (status === 'active') drift.push(driftOf('licensed_though_refunded', order));
    }
    return drift;
  }

  /** Status of a license; null: there is none. */
  private async statusOf(license_key: string): Promise<LicenseStatus | null> {
    try {
      return (await this.bus.send(ReadLicense, { license_key })).status;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not_found') return null;
      throw error;
    }
  }
}

/** Page by page everything that has an id, in its order. */
async function* paged<Row extends { id: string }>(read: (after: string) => Promise<Row[]>): AsyncGenerator<Row[]> {
  for (let after = BEFORE_ALL; ;) {
    const page = await read(after);
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.id;
  }
}

/** A list that leads back to where it was, or never ends, would be read for ever. */
function assertOnward(cursor: string, seen: Set<string>): void {
  if (seen.has(cursor) || seen.size >= MOST_PAGES)
    throw new StorefrontUnreachable('The list of the store does not end');
  seen.add(cursor);
}

const driftOf = (kind: Drift['kind'], order: { store: Store; order_id: string; license_key?: string }): Drift => ({
  ...{ kind, store: order.store, order_id: order.order_id, license_key: order.license_key ?? null, mail_id: null },
});

const bounced = ({ id, license_key }: UnreceivedMail): Drift => ({
  ...{ kind: 'mail_bounced', store: null, order_id: null, license_key, mail_id: id },
});
