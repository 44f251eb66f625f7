import { command, Empty, error, event, Flag, Int, Text } from '#contracts';

/** Contracts that only the tests of the bus know; declared before the broker's policy is rendered. */

export class EchoRequest {
  @Text({ min: 0, max: 400_000 }) text!: string;
  @Int({ optional: true, min: 0 }) hold_ms?: number;
}
export class EchoAnswer {
  @Text() text!: string;
}
export const EchoRefused = error('echo_refused', 'conflict', 'This text is not echoed.');

export const Echo = command('licensing.probe.echo', {
  request: EchoRequest,
  response: EchoAnswer,
  errors: [EchoRefused],
  permission: 'apps',
  callers: ['gateway', 'identity'],
  timeoutMs: 3_000,
  summary: 'Answers what it is asked.',
});

export const EchoOne = command('licensing.probe.echo_one', {
  request: EchoRequest,
  response: EchoAnswer,
  permission: 'apps',
  callers: ['gateway'],
  timeoutMs: 3_000,
  concurrency: 1,
  summary: 'Answers one at a time.',
});

export const Unhandled = command('licensing.probe.unhandled', {
  request: Empty,
  response: Empty,
  permission: 'apps',
  callers: ['gateway'],
  timeoutMs: 3_000,
  summary: 'No method answers it.',
});

export class ThingDoneData {
  @Text() thing!: string;
  @Int({ min: 0 }) number!: number;
  @Flag({ optional: true }) poison?: boolean;
}
export const ThingDone = event('licensing.thing.done', {
  data: ThingDoneData,
  listeners: ['identity', 'realtime'],
  watchers: ['gateway'],
  summary: 'Something happened.',
});

export class ThingToldData {
  @Text() told_id!: string;
}
export const ThingTold = event('billing.thing.told', {
  data: ThingToldData,
  producers: ['billing'],
  listeners: ['identity'],
  idField: 'told_id',
  summary: 'An external producer tells something.',
});
