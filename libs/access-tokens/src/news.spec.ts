import type { Bus } from '#bus';
import { ListClients, ListPublicKeys, Unavailable, type Command } from '#contracts';
import { eventually } from '../../../test/support/eventually.js';
import { ClientPolicyCache, ClientPolicyController } from './client-policies.js';
import { KeyCache, KeyCacheController } from './key-cache.js';

/** Services whose answers are as old as the questions; an answer comes when it is let go. */
function neighbours() {
  const it = {
    version: 1,
    asked: 0,
    away: 0,
    waiting: [] as (() => void)[],
    letGo: () => it.waiting.splice(0).forEach((answer) => answer()),
    bus: {
      send: async ({ name }: Command) => {
        const { version } = it;
        it.asked++;
        await new Promise<void>((resolve) => it.waiting.push(resolve));
        if (it.away-- > 0) throw Unavailable.with({ retry_after: 1 });
        const client = { client_id: `version ${version}` };
        return name === ListClients.name ? { default_client_id: '', clients: [client] } : { keys: [{ kid: version }] };
      },
    } as unknown as Bus,
  };
  return it;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const CACHES = {
  [ListClients.name]: (bus: Bus) => {
    const cache = new ClientPolicyCache(bus);
    const known = async () => Number(cache.all()[0]!.client_id.split(' ')[1]);
    return { cache, known, tell: () => new ClientPolicyController(cache).changed() };
  },
  [ListPublicKeys.name]: (bus: Bus) => {
    const cache = new KeyCache(bus);
    const known = async () => Number((await cache.all())[0]!.kid);
    return { cache, known, tell: () => new KeyCacheController(cache).rotated() };
  },
};

describe.each(Object.entries(CACHES))('what %s answers', (_, made) => {
  it('R-JW7 B-contracts: is asked for once more when it has changed since the question that is under way', async () => {
    const of = neighbours();
    const { cache, known, tell } = made(of.bus);
    const first = cache.reload();
    of.version = 2;
    tell();
    of.letGo();
    await first;
    await settled();
    of.letGo();
    await settled();
    expect([await known(), of.asked]).toEqual([2, 2]);
  });

  it('R-JW7 B-contracts: is asked for until there is an answer, when it has changed', async () => {
    const of = neighbours();
    const { cache, known, tell } = made(of.bus);
    const first = cache.reload();
    of.letGo();
    await first;
    of.version = 2;
    of.away = 2;
    tell();
    await eventually('three more questions', 30_000, async () => {
      of.letGo();
      return of.asked === 4 ? true : undefined;
    });
    of.letGo();
    await settled();
    expect(await known()).toBe(2);
    cache.stop();
  });
});
