import { Injectable, type LoggerService } from '@nestjs/common';
import { Log } from './log.js';

/** Sends what Nest says to {@link Log}. Nest's own start-up chatter is worth `debug`. */
@Injectable()
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), contextOf(rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(String(message), contextOf(rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    // A failed start is told by runMain, once and without a stack.
    if (context?.context === 'ExceptionHandler') return this.logger.debug(String(message), context);
    const error = message instanceof Error ? message : undefined;
    this.logger.error(error?.message ?? String(message), { ...context, ...(error ? { error } : {}) });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(String(message), contextOf(rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), contextOf(rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(String(message), contextOf(rest));
  }
}

/** Nest passes the context last, and for errors the stack before it. */
function contextOf(rest: unknown[]): { context: string; stack?: string } | undefined {
  const texts = rest.filter((r): r is string => typeof r === 'string');
  const context = texts.at(-1);
  if (context === undefined) return undefined;
  return texts.length > 1 ? { context, stack: texts[0] } : { context };
}
