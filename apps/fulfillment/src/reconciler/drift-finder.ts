import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { ReadLicense, Refusal, type Drift, type LicenseStatus, type Store } from '#contracts';
import type { Storefront } from '../storefronts/storefront.js';
import { DriftRepository, type Withdrawn } from './drift.repository.js';

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
    let cursor: string | undefined;
    do {
      const page = await storefront.listOrders({ after }, cursor);
      const unsettled = page.orders.length ? await this.books.unsettled(store, page.orders) : [];
      const drift = unsettled.map(({ order_id, kind }) => driftOf(kind, { store, order_id }));
      yield { read: page.orders.length, drift };
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
  }

  /** What our own books and licensing's do not agree about. */
  async *inBooks(since: string): AsyncGenerator<Drift[]> {
    yield this.books.unlicensed(since);
    let after = '';
    for (;;) {
      const page = await this.books.withdrawn(since, after);
      if (page.length === 0) break;
      yield await this.stillLicensed(page);
      after = page.at(-1)!.order_id;
    }
    yield this.books.bounced(since);
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

const driftOf = (kind: Drift['kind'], order: { store: Store; order_id: string; license_key?: string }): Drift => ({
  ...{ kind, store: order.store, order_id: order.order_id, license_key: order.license_key ?? null, mail_id: null },
});
