import type { Bus } from '#bus';
import { StorefrontUnreachable, type OrderPage, type Storefront } from '../storefronts/storefront.js';
import { DriftFinder } from './drift-finder.js';
import type { DriftRepository } from './drift.repository.js';

describe('G18: the list of a store', () => {
  const finder = new DriftFinder({} as Bus, {} as DriftRepository);
  const read = async (next: (cursor: string | undefined) => string | null): Promise<number> => {
    const listOrders = (_: object, cursor?: string): Promise<OrderPage> =>
      Promise.resolve({ orders: [], next_cursor: next(cursor) });
    let pages = 0;
    for await (const page of finder.inStore({ store: 'gumroad', listOrders } as unknown as Storefront, '2026-01-01')) {
      pages += page.read + 1;
    }
    return pages;
  };

  it('is read to its end', async () => {
    expect(await read((cursor = '0') => (cursor === '3' ? null : String(Number(cursor) + 1)))).toBe(4);
    expect(await read(() => '')).toBe(1);
  });

  it('that leads back to where it was, or never ends, is given up', async () => {
    await expect(read(() => 'again')).rejects.toThrow(StorefrontUnreachable);
    await expect(read((cursor) => (cursor === 'a' ? 'b' : 'a'))).rejects.toThrow(StorefrontUnreachable);
    await expect(read((cursor = '0') => String(Number(cursor) + 1))).rejects.toThrow(StorefrontUnreachable);
  });
});
