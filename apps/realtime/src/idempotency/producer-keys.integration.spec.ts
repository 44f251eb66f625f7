import { randomUUID } from 'node:crypto';
import { closeClients } from '../../test/client.js';
import { TwoReplicas } from '../../test/two-replicas.js';

let system: TwoReplicas;
beforeAll(async () => {
  system = await TwoReplicas.start();
}, 60_000);
afterEach(closeClients);
afterAll(() => system?.stop());

describe('an id', () => {
  it('RT11: is one event, one after the other and racing, and the answers say which one was new', async () => {
    const user = randomUUID();
    const client = await system.browser(user);
    const id = `order-${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => system.broadcast({ user_id: user, id })));
    answers.push(await system.broadcast({ user_id: user, id }));
    expect(answers.filter((a) => a.status === 'delivered' && !a.duplicate)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 'duplicate' && a.duplicate)).toHaveLength(20);
    const last = await system.mark(user, client);
    expect(client.ids).toEqual([id, last]);
  });

  it('RT8 RT11: is none of those that Gatehouse gives itself: nobody can take the place of a change of plan', async () => {
    const user = randomUUID();
    const client = await system.browser(user);
    for (const id of [`plan:${user}:1`, `presence:${randomUUID()}`, 'c1.AAAA'])
      await expect(system.broadcast({ user_id: user, id })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(system.broadcast({ type: 'presence_changed' })).rejects.toMatchObject({ code: 'validation_failed' });
    await system.mark(user, client);
    expect(client.heard.map(({ type }) => type)).toEqual(['mark']);
  });

  it('RT11: stands for what it stood for first: another content is refused, and another person’s too', async () => {
    const user = randomUUID();
    const id = randomUUID();
    await system.broadcast({ user_id: user, id, data: { a: 1, b: { c: 2, d: 3 } } });
    expect((await system.broadcast({ user_id: user, id, data: { b: { d: 3, c: 2 }, a: 1 } })).status).toBe('duplicate');
    await expect(system.broadcast({ user_id: user, id, data: { a: 2 } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    await expect(system.broadcast({ id, data: { a: 1, b: { c: 2, d: 3 } } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  it('RT11: for which two contents race stands for one of them; the other is refused, whichever replica has which', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const clients = [await system.browser(one, 0), await system.browser(two, 1)];
    const pushed: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      const id = randomUUID();
      const contents = [
        { user_id: one, id, data: { n: 1 } },
        { user_id: one, id, data: { n: 2 } },
        { user_id: two, id, data: { n: 1 } },
      ];
      const raced = await Promise.allSettled(contents.map((content) => system.broadcast(content)));
      const taken = raced.findIndex((r) => r.status === 'fulfilled');
      const reused = { status: 'rejected', reason: expect.objectContaining({ code: 'idempotency_key_reused' }) };
      const answered = (answer: object) => ({ status: 'fulfilled', value: { id, ...answer } });
      const all = (answer: object) => contents.map((_, at) => (at === taken ? answered(answer) : reused));
      expect(raced).toEqual(all({ status: 'delivered', duplicate: false }));
      const again = await Promise.allSettled(contents.map((content) => system.broadcast(content)));
      expect(again).toEqual(all({ status: 'duplicate', duplicate: true }));
      pushed.push(JSON.stringify([id, contents[taken]]));
    }
    const lasts = [await system.mark(one, clients[0]!), await system.mark(two, clients[1]!)];
    const heard = [one, two].flatMap((user_id, at) =>
      clients[at]!.heard.filter(({ id }) => !lasts.includes(id)).map(({ id, data }) =>
        JSON.stringify([id, { user_id, id, data }]),
      ),
    );
    expect(heard.sort()).toEqual(pushed.sort());
  });
});
