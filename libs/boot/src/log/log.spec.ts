import { requestContext } from '../context/request-context.js';
import { Log } from './log.js';
import { NestLogger } from './nest-logger.js';

function capture(format: 'json' | 'pretty' = 'json'): {
  log: Log;
  lines: string[];
  last: () => Record<string, unknown>;
} {
  const lines: string[] = [];
  const log = Log.create({
    app: 'identity',
    level: 'debug',
    format,
    destination: { write: (l) => void lines.push(l) },
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe('Log', () => {
  it('OPS19: carries the request and its trace in every line', () => {
    const { log, last } = capture();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    requestContext.run({ requestId: 'r1', traceparent }, () => log.info('signed in', { session_id: 's1' }));
    expect(last()).toMatchObject({
      level: 'info',
      app: 'identity',
      msg: 'signed in',
      session_id: 's1',
      request_id: 'r1',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
  });

  it('OPS20: shows no secret of a field, of the text or of a child', () => {
    const { log, lines } = capture();
    log.child({ authorization: 'canary' }).error('mail to ann@example.com', { body: { password: 'canary' } });
    expect(lines.join('')).not.toMatch(/canary|ann@/);
  });

  it('keeps the stack of an error for the one who mends it', () => {
    const { log, last } = capture();
    log.error('it failed', { error: new RangeError('too far') });
    expect(last().error).toMatchObject({
      type: 'RangeError',
      message: 'too far',
      stack: expect.stringContaining('log.spec'),
    });
  });

  it('OPS20: is readable on request, and as clean', () => {
    const { log, lines } = capture('pretty');
    log.warn('mail to ann@example.com', { token: 'canary' });
    expect(lines.join('')).toContain('WARN');
    expect(lines.join('')).not.toMatch(/canary|ann@/);
  });
});

describe('NestLogger', () => {
  it('tells errors with their stack, and start-up chatter only to who debugs', () => {
    const { log, last } = capture();
    const nest = new NestLogger(log);
    nest.log('started', 'NestFactory');
    expect(last()).toMatchObject({ level: 'debug', msg: 'started', context: 'NestFactory' });
    nest.error('broken', 'Error: broken\n at x', 'Router');
    expect(last()).toMatchObject({ level: 'error', msg: 'broken', context: 'Router', stack: 'Error: broken\n at x' });
  });

  it('OPS23: leaves a failed start to runMain', () => {
    const { log, last } = capture();
    new NestLogger(log).error(new Error('no database'), undefined, 'ExceptionHandler');
    expect(last().level).toBe('debug');
  });
});
