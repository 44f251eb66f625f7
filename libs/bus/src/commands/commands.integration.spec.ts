import { Controller } from '@nestjs/common';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { requestContext } from '#boot';
import { Handles } from '#bus';
import { commandSubject, Internal, Refusal, type Call } from '#contracts';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { appOnBus, eventually, metric, untilReady, type AppOnBus } from '../../test/app-on-bus.js';
import { Echo, EchoOne, EchoRefused, Unhandled, type EchoAnswer, type EchoRequest } from '../../test/probes.js';
import { refusalOf } from '../../test/refusal-of.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the handlers of one replica were asked. */
class Asked {
  texts: string[] = [];
  calls: Call[] = [];
  contexts: unknown[] = [];
  /** What the handler of `EchoOne` waits for. */
  gate?: Promise<void> = undefined;
}

function replica(): { controller: new () => object; asked: Asked } {
  const asked = new Asked();
  @Controller()
  class ProbesController {
    @Handles(Echo, { transaction: false })
    async echo({ text, hold_ms }: EchoRequest, call: Call): Promise<EchoAnswer> {
      asked.texts.push(text);
      asked.calls.push(call);
      asked.contexts.push(requestContext.getStore());
      if (hold_ms) await sleep(hold_ms);
      if (text === 'refuse') throw EchoRefused.with({ detail: 'No.', retry_after: 7 });
      if (text === 'break') throw new Error('the password is hunter2');
      if (text === 'huge') return { text: 'x'.repeat(2_000_000) };
      return { text };
    }

    @Handles(EchoOne, { transaction: false })
    async echoOne({ text }: EchoRequest): Promise<EchoAnswer> {
      asked.texts.push(text);
      await asked.gate;
      return { text };
    }
  }
  return { controller: ProbesController, asked };
}

describe('commands over the bus', () => {
  let broker: TestBroker;
  let gateway: AppOnBus;
  let service: AppOnBus;
  let asked: Asked;
  let raw: NatsConnection;

  beforeAll(async () => {
    broker = await testBroker();
    const first = replica();
    asked = first.asked;
    const { url } = broker;
    gateway = await appOnBus('gateway', { url, seedFile: broker.seedFile('gateway') });
    service = await appOnBus('licensing', {
      url,
      seedFile: broker.seedFile('licensing'),
      controllers: [first.controller],
    });
    raw = await connect(broker.connectionOptions('gateway'));
    await Promise.all([untilReady(gateway), untilReady(service)]);
  });
  afterAll(async () => {
    await raw?.close();
    await Promise.all([gateway?.close(), service?.close()]);
    await broker?.stop();
  });
  beforeEach(() => Object.assign(asked, new Asked()));

  test('a declared refusal crosses whole, with its extras', async () => {
    const refusal = await refusalOf(gateway.bus.send(Echo, { text: 'refuse' }));
    expect(refusal.is(EchoRefused)).toBe(true);
    expect(refusal.toWire()).toEqual({ ...EchoRefused.with({ detail: 'No.', retry_after: 7 }).toWire() });
  });

  test('anything else that is thrown crosses as internal without text, and is logged whole where it happened', async () => {
    const refusal = await refusalOf(gateway.bus.send(Echo, { text: 'break' }, { requestId: 'req-break' }));
    expect(refusal.toWire()).toEqual(Internal.with().toWire());
    const line = service.logged.find((l) => l['request_id'] === 'req-break' && l['level'] === 'error');
    expect(JSON.stringify(line)).toContain('ProbesController.echo');
  });

  test('input that breaks the contract is refused with every field, before the handler', async () => {
    const refusal = await refusalOf(gateway.bus.send(Echo, { text: 5, more: 1 } as never));
    expect(refusal.code).toBe('validation_failed');
    expect(refusal.extras.errors?.map((e) => e.field).sort()).toEqual(['more', 'text']);
    expect(asked.texts).toEqual([]);
  });

  test('an answer that is too large for the broker is an internal error at once, not a time-out', async () => {
    const refusal = await refusalOf(gateway.bus.send(Echo, { text: 'huge' }, { timeoutMs: 20_000 }));
    expect(refusal.code).toBe('internal');
  });

  test('a question that is too large for the broker rejects and leaves nothing behind', async () => {
    await expect(gateway.bus.send(Echo, { text: 'x'.repeat(2_000_000) })).rejects.toThrow();
    await expect(gateway.bus.send(Echo, { text: 'after' })).resolves.toEqual({ text: 'after' });
  });

  test('caller, actor, origin, request id, trace and deadline reach the handler', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const deadline = Date.now() + 20_000;
    const actor = { kind: 'caller' as const, caller: 'billing', scopes: ['x'] };
    const origin = { ip: '::1', user_agent: 'ümlaut' };
    await requestContext.run({ requestId: 'req-1', deadline, traceparent }, () =>
      gateway.bus.send(Echo, { text: 'who' }, { actor, origin, timeoutMs: 60_000 }),
    );
    expect(asked.calls).toEqual([{ caller: 'gateway', actor, origin, request_id: 'req-1', deadline }]);
    const asker = { caller: 'billing', ...origin };
    expect(asked.contexts).toEqual([{ requestId: 'req-1', deadline, traceparent, asker }]);
  });

  test('an actor of another shape is refused', async () => {
    const actor = { kind: 'user', user_id: 1 } as never;
    expect((await refusalOf(gateway.bus.send(Echo, { text: 'who' }, { actor }))).code).toBe('validation_failed');
    expect(asked.texts).toEqual([]);
  });

  test('a command that no replica answers is unavailable at once', async () => {
    const refusal = await refusalOf(gateway.bus.send(Unhandled, {}, { timeoutMs: 60_000 }));
    expect(refusal.code).toBe('unavailable');
  });

  test('a handler that takes too long is unavailable when the time is up', async () => {
    const refusal = await refusalOf(gateway.bus.send(Echo, { text: 'slow', hold_ms: 400 }, { timeoutMs: 100 }));
    expect(refusal.code).toBe('unavailable');
    await sleep(400);
  });

  test('a request whose deadline has passed is not even sent', async () => {
    const context = { requestId: 'late', deadline: Date.now() - 1 };
    const refusal = await refusalOf(requestContext.run(context, () => gateway.bus.send(Echo, { text: 'late' })));
    expect(refusal.code).toBe('unavailable');
    expect(asked.texts).toEqual([]);
  });

  test('an app that the contract does not name as a caller is told so, and nothing is sent', async () => {
    await expect(service.bus.send(Echo, { text: 'me' })).rejects.toThrow('not among the callers');
  });

  test('what fits neither into the slots nor into the queue is overloaded at once, the rest is done', async () => {
    let open!: () => void;
    asked.gate = new Promise((resolve) => (open = resolve));
    const sent = Array.from({ length: 300 }, (_, i) =>
      gateway.bus.send(EchoOne, { text: `n${i}` }, { timeoutMs: 20_000 }).catch((e: Refusal) => e.code),
    );
    // One is at work, 256 wait.
    await eventually(async () =>
      expect(await metric(service, 'gatehouse_command_seconds_count', { outcome: 'overloaded' })).toBe(43),
    );
    open();
    const refused = (await Promise.all(sent)).filter((a) => typeof a === 'string');
    expect(refused).toEqual(Array.from({ length: 43 }, () => 'overloaded'));
    expect(asked.texts).toHaveLength(257);
  });

  describe('BUS3: hostile reply subjects', () => {
    const hostile = [
      'cmd.licensing.secrets.blob.sign',
      'evt.licensing.license.issued',
      '_INBOX_identity.x.licensing.1',
      '_INBOX_gateway.x.identity.1',
      '_INBOX_gateway.>',
      '_INBOX_gateway.*.licensing.1',
      '_INBOX_gateway.x.licensing.1.more',
      '_INBOX_gateway',
      '$JS.API.STREAM.DELETE.EVENTS',
    ];
    test.each(hostile)(
      'BUS3: a command with reply %s is not executed, and one audit line tells of it',
      async (reply) => {
        const before = await metric(service, 'gatehouse_commands_ignored_total', { reason: 'reply' });
        raw.publish(commandSubject('gateway', Echo), JSON.stringify({ input: { text: 'hostile' } }), { reply });
        await raw.flush();
        await eventually(async () =>
          expect(await metric(service, 'gatehouse_commands_ignored_total', { reason: 'reply' })).toBe(before + 1),
        );
        expect(asked.texts).toEqual([]);
        const audit = service.logged.filter((l) => l['audit'] === 'bus.command.refused' && l['reply'] === reply);
        expect(audit).toHaveLength(1);
      },
    );

    test('BUS3: a reply that would acknowledge an event is refused by the broker itself', async () => {
      const reply = '$JS.ACK.EVENTS.identity.1.1.1.1.0';
      raw.publish(commandSubject('gateway', Echo), JSON.stringify({ input: { text: 'hostile' } }), { reply });
      await raw.flush();
      await expect(gateway.bus.send(Echo, { text: 'next' })).resolves.toEqual({ text: 'next' });
      expect(asked.texts).toEqual(['next']);
    });

    test('BUS3: a command without a reply subject is not executed', async () => {
      raw.publish(commandSubject('gateway', Echo), JSON.stringify({ input: { text: 'silent' } }));
      await raw.flush();
      await eventually(async () =>
        expect(await metric(service, 'gatehouse_commands_ignored_total', { reason: 'no_reply' })).toBe(1),
      );
      expect(asked.texts).toEqual([]);
    });
  });

  test('a command with malformed headers, or none, harms nothing', async () => {
    const head = headers();
    head.set('Gatehouse-Deadline', 'NaN');
    const reply = '_INBOX_gateway.raw.licensing.1';
    const answers: string[] = [];
    const sub = raw.subscribe('_INBOX_gateway.raw.>', { callback: (_e, m) => void answers.push(m.string()) });
    const input = JSON.stringify({ input: { text: 'plain' } });
    raw.publish(commandSubject('gateway', Echo), input, { reply, headers: head });
    raw.publish(commandSubject('gateway', Echo), input, { reply });
    const broken = { encode: () => new TextEncoder().encode('NATS/1.0\r\nb\u0000d key: 1\r\n\r\n') };
    raw.publish(commandSubject('gateway', Echo), input, { reply, headers: broken as never });
    raw.publish(commandSubject('gateway', Echo), '{"input":', { reply });
    raw.publish(commandSubject('gateway', Echo), Buffer.from([0xff, 0xfe, 0x00]), { reply });
    await eventually(() => expect(answers).toHaveLength(4));
    expect(answers.filter((a) => a.includes('"ok"'))).toHaveLength(2);
    expect(answers.filter((a) => a.includes('validation_failed'))).toHaveLength(2);
    sub.unsubscribe();
    await expect(gateway.bus.send(Echo, { text: 'alive' })).resolves.toEqual({ text: 'alive' });
  });

  test('BUS5: of two replicas each command is executed by one, 1,000 of 1,000', async () => {
    const second = replica();
    const other = await appOnBus('licensing', {
      url: broker.url,
      seedFile: broker.seedFile('licensing'),
      controllers: [second.controller],
    });
    await untilReady(other);
    const texts = Array.from({ length: 1_000 }, (_, i) => `c${i}`);
    await Promise.all(texts.map((text) => gateway.bus.send(Echo, { text }, { timeoutMs: 20_000 })));
    const executed = [...asked.texts, ...second.asked.texts];
    expect(executed.sort()).toEqual([...texts].sort());
    expect(asked.texts.length).toBeGreaterThan(0);
    expect(second.asked.texts.length).toBeGreaterThan(0);
    await other.close();
  });

  test('draining answers everything that had arrived, and the other replica takes the rest: nothing is lost', async () => {
    const second = replica();
    const other = await appOnBus('licensing', {
      url: broker.url,
      seedFile: broker.seedFile('licensing'),
      controllers: [second.controller],
    });
    await untilReady(other);
    const sent = Array.from({ length: 400 }, async (_, i) => {
      await sleep(i / 2);
      return gateway.bus.send(Echo, { text: `d${i}`, hold_ms: 50 }, { timeoutMs: 20_000 });
    });
    await eventually(() => expect(second.asked.texts.length).toBeGreaterThan(20));
    await other.close();
    const answers = await Promise.all(sent);
    expect(answers).toHaveLength(400);
    expect(new Set([...asked.texts, ...second.asked.texts]).size).toBe(400);
    expect(asked.texts.length + second.asked.texts.length).toBe(400);
  });
});
