import { Controller, Delete, Get, HttpCode, Post, type Type } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { DATA_APPS, DeadLetterRequest, DeadLetters, Empty, type DataAppName, type DeadLetterList } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: dead letters' };

/** The routes over the dead letters of one app; every app with a database has the same three. */
function deadLettersOf(app: DataAppName): Type {
  const { list, replay, discard } = DeadLetters[app];

  @Controller(`internal/dead-letters/${app}`)
  class DeadLettersController {
    constructor(private readonly bus: Bus) {}

    @Get()
    @Serves(list, { docs })
    list(@Input() input: Empty, @Ask() ask: SendAs): Promise<DeadLetterList> {
      return this.bus.send(list, input, ask);
    }

    @Post(':id/replay')
    @HttpCode(204)
    @Serves(replay, { docs: { ...docs, status: 204 } })
    replay(@Input() input: DeadLetterRequest, @Ask() ask: SendAs): Promise<Empty> {
      return this.bus.send(replay, input, ask);
    }

    @Delete(':id')
    @HttpCode(204)
    @Serves(discard, { docs: { ...docs, status: 204 } })
    discard(@Input() input: DeadLetterRequest, @Ask() ask: SendAs): Promise<Empty> {
      return this.bus.send(discard, input, ask);
    }
  }
  return DeadLettersController;
}

export const deadLetterControllers = DATA_APPS.map(deadLettersOf);
