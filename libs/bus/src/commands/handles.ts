import 'reflect-metadata';
import type { Call, Command } from '#contracts';

/** How a command is run. */
export interface HandlesOptions {
  /** Whether the app's database transaction spans the command; default true. Off for pure reads on hot paths. */
  transaction?: boolean;
}

/** A method that answers a command. */
export type CommandHandler<Req, Res> = (input: Req, call: Call) => Promise<Res>;

/** What `@Handles` notes on a method. */
export interface HandledCommand {
  command: Command;
  transaction: boolean;
}

const KEY = Symbol('gatehouse:handles');

/**
 * Marks a controller's method as the one that answers `command`. A method with another signature does not compile.
 * Nest's guards, pipes and interceptors play no part: the contract is checked and the transaction opened before it.
 */
export function Handles<Req extends object, Res extends object>(
  command: Command<Req, Res>,
  options: HandlesOptions = {},
) {
  return <M extends CommandHandler<Req, Res>>(
    _target: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const noted: HandledCommand = { command: command as unknown as Command, transaction: options.transaction ?? true };
    Reflect.defineMetadata(KEY, noted, descriptor.value!);
  };
}

/** The command that `method` was marked with, if any. */
export const handledBy = (method: object): HandledCommand | undefined =>
  Reflect.getMetadata(KEY, method) as HandledCommand | undefined;
