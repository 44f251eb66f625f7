import { Controller, Injectable } from '@nestjs/common';
import { createUser } from '@nats-io/nkeys';
import { Handles, Listens, Watches } from '#bus';
import { Refusal } from '#contracts';
import { appOnBus, eventually, metric, untilReady, type AppOnBus } from '../../test/app-on-bus.js';
import { ownBroker, type OwnBroker } from '../../test/own-broker.js';
import { Echo, ThingDone, type EchoAnswer, type EchoRequest, type ThingDoneData } from '../../test/probes.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const executed: string[] = [];
let release: () => void = () => undefined;
/** What handlers wait for that are told to hold. */
let held: Promise<void>;

@Controller()
class EchoController {
  @Handles(Echo, { transaction: false })
  async echo({ text, hold_ms }: EchoRequest): Promise<EchoAnswer> {
    executed.push(text);
    if (hold_ms) await held;
    return { text };
  }
}

@Injectable()
class Watcher {
  @Watches(ThingDone)
  watch(_data: ThingDoneData): void {}
}

@Injectable()
class Listener {
  @Listens(ThingDone)
  async listen(_data: ThingDoneData): Promise<void> {}
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (e: unknown) => (e instanceof Refusal ? e.code : String(e)),
  );

describe('the bus through outages', () => {
  let broker: OwnBroker;
  const apps: AppOnBus[] = [];

  const start = async (app: 'gateway' | 'licensing' | 'identity' | 'realtime'): Promise<AppOnBus> => {
    const options = {
      gateway: { providers: [Watcher] },
      licensing: { controllers: [EchoController] },
      identity: {},
      realtime: { providers: [Listener] },
    }[app];
    const made = await appOnBus(app, { url: broker.url, seedFile: broker.seedFile(app), ...options });
    apps.push(made);
    return made;
  };

  beforeEach(async () => {
    broker = await ownBroker();
    executed.length = 0;
    held = new Promise((resolve) => (release = resolve));
  });
  afterEach(async () => {
    broker.signal('SIGCONT');
    release();
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await broker.stop();
  });

  test('REL10 RT33: with the broker gone, calls under way and new ones are unavailable at once', async () => {
    const [gateway, licensing] = await Promise.all([start('gateway'), start('licensing')]);
    await Promise.all([untilReady(gateway), untilReady(licensing)]);
    const underWay = codeOf(gateway.bus.send(Echo, { text: 'a', hold_ms: 60_000 }, { timeoutMs: 60_000 }));
    await eventually(() => expect(executed).toEqual(['a']));
    broker.signal('SIGKILL');
    expect(await underWay).toBe('unavailable');
    expect(await codeOf(gateway.bus.send(Echo, { text: 'b' }, { timeoutMs: 60_000 }))).toBe('unavailable');
    expect((await gateway.health.ready()).dependencies['bus']).toMatchObject({ status: 'down' });
    expect(await metric(gateway, 'gatehouse_bus_degraded')).toBe(1);
    await broker.start();
    await eventually(async () => expect(await metric(gateway, 'gatehouse_bus_degraded')).toBe(0));
  }, 90_000);

  test('BUS6: what was sent into a paused broker is not executed once its deadline has passed', async () => {
    const [gateway, licensing] = await Promise.all([start('gateway'), start('licensing')]);
    await Promise.all([untilReady(gateway), untilReady(licensing)]);
    broker.signal('SIGSTOP');
    const late = Array.from({ length: 20 }, (_, i) =>
      codeOf(gateway.bus.send(Echo, { text: `late${i}` }, { timeoutMs: 1_000 })),
    );
    const patient = gateway.bus.send(Echo, { text: 'patient' }, { timeoutMs: 30_000 });
    await sleep(5_000);
    expect(new Set(await Promise.all(late))).toEqual(new Set(['unavailable']));
    broker.signal('SIGCONT');
    await expect(patient).resolves.toEqual({ text: 'patient' });
    await eventually(async () =>
      expect(await metric(licensing, 'gatehouse_commands_ignored_total', { reason: 'expired' })).toBe(20),
    );
    expect(executed).toEqual(['patient']);
  });

  test('BUS7: after the broker was killed and started, all apps are ready again without a restart', async () => {
    const all = await Promise.all([start('gateway'), start('licensing'), start('realtime')]);
    await Promise.all(all.map((app) => untilReady(app)));
    const [gateway] = all;
    const reconnected = jest.fn();
    gateway.bus.onReconnect(reconnected);
    for (let i = 0; i < 2; i++) {
      broker.signal('SIGKILL');
      await eventually(async () => expect((await gateway.health.ready()).status).toBe('not_ready'));
      await broker.start();
      await Promise.all(all.map((app) => untilReady(app)));
      await expect(gateway.bus.send(Echo, { text: `again${i}` })).resolves.toEqual({ text: `again${i}` });
    }
    expect(reconnected).toHaveBeenCalledTimes(2);
  }, 240_000);

  test('an app that starts before its broker is not ready, fails fast, and joins when the broker is there', async () => {
    broker.signal('SIGKILL');
    await sleep(100);
    const [gateway, licensing] = await Promise.all([start('gateway'), start('licensing')]);
    expect((await gateway.health.ready()).status).toBe('not_ready');
    expect(await codeOf(gateway.bus.send(Echo, { text: 'x' }, { timeoutMs: 60_000 }))).toBe('unavailable');
    await broker.start();
    await Promise.all([untilReady(gateway), untilReady(licensing)]);
    await expect(gateway.bus.send(Echo, { text: 'x' })).resolves.toEqual({ text: 'x' });
  }, 60_000);

  test('apps that have lost their broker can be stopped', async () => {
    const all = await Promise.all([start('gateway'), start('licensing'), start('realtime')]);
    await Promise.all(all.map((app) => untilReady(app)));
    broker.signal('SIGKILL');
    await eventually(async () => expect((await all[2].health.ready()).status).toBe('not_ready'));
    await Promise.all(all.map((app) => app.close()));
    await broker.start();
  });

  test('an app that has never reached its broker can be stopped', async () => {
    broker.signal('SIGKILL');
    await sleep(100);
    const gateway = await start('gateway');
    await gateway.close();
    await broker.start();
  });

  test('BUS8: a revoked nkey is cut off by the reload; the others keep their connections', async () => {
    const [gateway, licensing] = await Promise.all([start('gateway'), start('licensing')]);
    await Promise.all([untilReady(gateway), untilReady(licensing)]);
    const reconnected = jest.fn();
    gateway.bus.onReconnect(reconnected);
    await broker.reconfigure((conf, users) => conf.replace(users.licensing, createUser().getPublicKey()));
    await eventually(async () => expect((await licensing.health.ready()).status).toBe('not_ready'));
    expect(await codeOf(gateway.bus.send(Echo, { text: 'x' }, { timeoutMs: 60_000 }))).toBe('unavailable');
    await untilReady(gateway);
    expect(reconnected).not.toHaveBeenCalled();
    await broker.reconfigure((conf) => conf);
    await untilReady(licensing);
    await expect(gateway.bus.send(Echo, { text: 'back' })).resolves.toEqual({ text: 'back' });
  }, 60_000);

  describe('BUS9: with a permission missing the app is never ready, and its log names the subject', () => {
    const lacks = (subject: string) => (conf: string) =>
      conf.replaceAll(new RegExp(`^ *"${subject.replace(/[.*$>]/g, '\\$&')}"\n`, 'gm'), '');
    const cases: ['gateway' | 'licensing' | 'realtime', string][] = [
      ['gateway', `cmd.gateway.${Echo.name}`],
      ['gateway', '_INBOX_gateway.>'],
      ['gateway', `evt.${ThingDone.name}`],
      ['licensing', `cmd.*.${Echo.name} licensing`],
      ['licensing', '_INBOX_gateway.*.licensing.*'],
      ['realtime', '$JS.API.CONSUMER.INFO.EVENTS.realtime'],
      ['realtime', '$JS.API.CONSUMER.MSG.NEXT.EVENTS.realtime'],
      ['realtime', 'rtl.>'],
      ['licensing', '$SYS.REQ.USER.INFO'],
    ];
    test.each(cases)('BUS9: %s without %s', async (app, subject) => {
      await broker.reconfigure(lacks(subject));
      const started = await start(app);
      const named = (): boolean =>
        started.logged.some(
          (l) => l['level'] === 'error' && JSON.stringify(l).includes(JSON.stringify(subject).slice(1, -1)),
        );
      await eventually(async () => {
        expect((await started.health.ready()).status).toBe('not_ready');
        expect(named()).toBe(true);
      });
      // Mended and reloaded, it heals without a restart.
      await broker.reconfigure((conf) => conf);
      await untilReady(started);
    });
  });

  test('BUS9: without its durable consumer an app is never ready, and its log names the subject', async () => {
    await broker.stop();
    broker = await ownBroker({ streams: false });
    const realtime = await start('realtime');
    await eventually(() => expect(JSON.stringify(realtime.logged)).toContain('$JS.API.CONSUMER.INFO.EVENTS.realtime'));
    expect((await realtime.health.ready()).status).toBe('not_ready');
  });
});
