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
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Request and trace of the line, so that one request can be followed over all processes. */
function currentRequest(): object {
  const context = requestContext.getStore();
  if (!context) return {};
  const trace_id = traceIdOf(context.traceparent);
  return { request_id: context.requestId, ...(trace_id ? { trace_id } : {}) };
}

function destinationOf({ format, destination }: LogOptions): DestinationStream | undefined {
  if (format !== 'pretty') return destination;
  // Loaded only when asked for: it costs memory in every process.
  const pretty = createRequire(import.meta.url)('pino-pretty') as (o: object) => DestinationStream;
  return pretty({ colorize: !destination, ignore: 'app,time', messageFormat: '{app}: {msg}', sync: true, destination });
}

/**
 * The log of the process, called like pino: `log.warn({ err, subject }, 'it failed')` or `log.info('started')`.
 * Secrets and addresses are taken out of every line, whoever writes it.
 */
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
    const to = destinationOf(options);
    return new Log(to ? pino(settings, to) : pino(settings));
  }

  /** A log whose every line carries `fields`. */
  child(fields: LogFields): Log {
    return new Log(this.pino.child(scrub(fields) as object));
  }

  trace(fields: LogFields | string, message?: string): void {
    this.write('trace', fields, message);
  }

  debug(fields: LogFields | string, message?: string): void {
    this.write('debug', fields, message);
  }

  info(fields: LogFields | string, message?: string): void {
    this.write('info', fields, message);
  }

  warn(fields: LogFields | string, message?: string): void {
    this.write('warn', fields, message);
  }

  error(fields: LogFields | string, message?: string): void {
    this.write('error', fields, message);
  }

  fatal(fields: LogFields | string, message?: string): void {
    this.write('fatal', fields, message);
  }

  private write(level: LogLevel, fields: LogFields | string, message = ''): void {
    if (!this.pino.isLevelEnabled(level)) return;
    if (typeof fields === 'string') this.pino[level](scrubText(fields));
    else this.pino[level](fields, scrubText(message));
  }
}
