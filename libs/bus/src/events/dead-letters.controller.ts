import { Controller, type Type } from '@nestjs/common';
import {
  DATA_APPS,
  DeadLetters,
  Empty,
  type AppName,
  type DataAppName,
  type DeadLetterList,
  type DeadLetterRequest,
} from '#contracts';
import { Handles } from '../commands/handles.js';
import { DeadLettersService } from './dead-letters.service.js';

/** Answers `<app>.dead_letter.list`, `.replay` and `.discard`; nothing for an app without a database. */
export function deadLettersControllers(app: AppName): Type[] {
  if (!(DATA_APPS as readonly string[]).includes(app)) return [];
  const commands = DeadLetters[app as DataAppName];

  @Controller()
  class DeadLettersController {
    constructor(readonly letters: DeadLettersService) {}

    @Handles(commands.list, { transaction: false })
    async list(): Promise<DeadLetterList> {
      return { dead_letters: await this.letters.list() };
    }

    @Handles(commands.replay)
    async replay({ id }: DeadLetterRequest): Promise<Empty> {
      await this.letters.replay(id);
      return {};
    }

    @Handles(commands.discard)
    async discard({ id }: DeadLetterRequest): Promise<Empty> {
      await this.letters.discard(id);
      return {};
    }
  }
  return [DeadLettersController];
}
