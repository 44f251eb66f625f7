import { Injectable } from '@nestjs/common';
import { StartProblem } from '#boot';
import type { AppName, Call, Command } from '#contracts';
import { MarkedMethods } from '../connection/marked-methods.js';
import { handledBy } from './handles.js';

/** A command with the method that answers it. */
export interface CommandRoute {
  command: Command;
  transaction: boolean;
  /** `Class.method`, for messages. */
  name: string;
  call: (input: object, call: Call) => Promise<object>;
}

/** The commands that this app answers. */
@Injectable()
export class CommandHandlers {
  constructor(private readonly methods: MarkedMethods) {}

  /** @throws StartProblem when a command is another app's or has two handlers */
  routes(app: AppName): CommandRoute[] {
    const routes = this.methods.find(handledBy).map(({ mark, name, call }) => ({ ...mark, name, call }));
    for (const { command, name } of routes) {
      if (command.service !== app) {
        throw problem(`${name} handles ${command.name}, a command of ${command.service}`);
      }
      const handlers = routes.filter((r) => r.command === command);
      if (handlers.length > 1)
        throw problem(`${command.name} is handled by ${handlers.map((h) => h.name).join(' and ')}`);
    }
    return routes as CommandRoute[];
  }
}

const problem = (why: string): StartProblem =>
  new StartProblem({
    what: 'The command handlers do not fit',
    why,
    fix: 'Leave exactly one handler, in the owning app.',
  });
