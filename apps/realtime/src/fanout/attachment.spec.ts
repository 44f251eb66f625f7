import { PassThrough } from 'node:stream';
import { Attachment } from './attachment.js';
import { Turn } from './batch.js';
import type { Channels } from './channels.service.js';
import type { DeliveryMetrics } from './delivery-metrics.service.js';
import { Outbox } from './outbox.js';

it('who waits for what was missed by all is connected nevertheless, and counts among their person’s connections', () => {
  const attachment = new Attachment({ epoch: 'one' } as Channels, 'ann');
  const outbox = new Outbox(new PassThrough(), {
    wire: 'websocket',
    told: true,
    limit: 65_536,
    turn: new Turn(),
    metrics: {} as DeliveryMetrics,
    cursor: (before) => attachment.cursor(before),
    onTooSlow: () => undefined,
  });
  outbox.hold();
  outbox.hold();
  expect(outbox.isBefore('~')).toBe(false);
  attachment.start(outbox, {});
  expect([outbox.isBefore('~'), outbox.keepsUp]).toEqual([true, false]);
  outbox.release();
  expect([outbox.isBefore('~'), outbox.keepsUp]).toEqual([true, true]);
});
