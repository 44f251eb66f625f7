import { Log, Metrics } from '#boot';
import type { DomainEvent } from '#contracts';
import type { JsMsg } from '@nats-io/jetstream';
import { ThingDone } from '../../test/probes.js';
import { TRIES } from './delivery.rules.js';
import type { EventApplication } from './event-application.js';
import { EventDelivery } from './event-delivery.js';

const closed = (): never => {
  throw new Error('closed connection');
};
const message = (settling: Partial<JsMsg>): JsMsg =>
  ({
    subject: `evt.${ThingDone.name}`,
    info: { streamSequence: 1, deliveryCount: TRIES, timestampNanos: 0 },
    json: () => ({ thing: 'x', number: 1 }),
    string: () => '',
    ...settling,
  }) as unknown as JsMsg;
const routes = new Map([[ThingDone.name, { event: ThingDone as unknown as DomainEvent, handlers: [] }]]);

describe('an event that is at work when the connection ends', () => {
  const buried = jest.fn();
  const deliver = (apply: () => Promise<boolean>, settling: Partial<JsMsg>): Promise<void> => {
    const application = { apply, bury: buried } as unknown as EventApplication;
    const log = Log.create({ app: 'test', level: 'silent' });
    return new EventDelivery(application, new Metrics(), log).deliver(routes, message(settling));
  };
  beforeEach(() => buried.mockReset());

  test('REL3: what has taken effect is no dead letter because its acknowledgement cannot be sent', async () => {
    const nak = jest.fn();
    await deliver(async () => true, { ack: closed, nak });
    expect(buried).not.toHaveBeenCalled();
    expect(nak).toHaveBeenCalledTimes(1);
  });

  test('REL5: what can neither be handled nor kept nor given back does not end the process', async () => {
    buried.mockRejectedValue(new Error('no database'));
    const failed = deliver(() => Promise.reject(new Error('x')), { ack: closed, nak: closed, term: closed });
    await expect(failed).resolves.toBeUndefined();
    expect(buried).toHaveBeenCalledTimes(1);
  });
});
