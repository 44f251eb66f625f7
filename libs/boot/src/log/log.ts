import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger } from 'pino';
import { requestContext, traceIdOf } from '../context/request-context.js';
import { scrub, scrubText } from './scrub.js';

export interface LogOptions {
  app: string;
  level?: string;
  format?: 'json' | 'pretty';
  /** Default: standard output. */
  destination?: DestinationStream;
}

export type LogFields = Record<string, unknown>;

/** Request and trace of the line, so that one request can be followed over all processes. */
function currentRequest(): object {
  const context = requestContext.getStore();
  if (!context) return {};
  const trace_id = traceIdOf(context.traceparent);
  return { request_id: context.requestId, ...(trace_id ? { trace_id } : {}) };
}

/**
 * Standard output is written at once. Pino would leave it to libuv's threads, which hash passwords: lines would wait for
 * them, and at the end of the process be lost.
 */
function destinationOf({ format, destination }: LogOptions): DestinationStream {
  const to = destination ?? pino.destination({ fd: 1, sync: true });
  if (format !== 'pretty') return to;
  // Loaded only when asked for: it costs memory in every process.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  const colorize = !destination && process.stdout.isTTY;
  const pretty = prettyFactory({ colorize, ignore: 'app', messageFormat: '{app}: {msg}', translateTime: 'HH:MM:ss.l' });
  return { write: (line) => void to.write(pretty(line)) };
}

/** The log of the process. Secrets and addresses are taken out of every line, whoever writes it. */
export class Log {
  private constructor(private readonly pino: Logger) {}

  static create(options: LogOptions): Log {
    const settings = {
      level: options.level ?? 'info',
      base: { app: options.app },
      messageKey: 'msg',
      timestamp: (): string => `,"time":"${new Date().toISOString()}"`,
      mixin: currentRequest,
      formatters: {
        level: (label: string) => ({ level: label }),
        log: (fields: object) => scrub(fields) as Record<string, unknown>,
      },
    };
    return new Log(pino(settings, destinationOf(options)));
  }

  /** A log whose every line carries `fields`. */
  child(fields: LogFields): Log {
    return new Log(this.pino.child(scrub(fields) as object));
  }

  trace(message: string, fields?: LogFields): void {
    this.write('trace', message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }

  fatal(message: string, fields?: LogFields): void {
    this.write('fatal', message, fields);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: string,
    fields?: LogFields,
  ): void {
    if (this.pino.isLevelEnabled(level)) this.pino[level](fields ?? {}, scrubText(message));
  }
}
