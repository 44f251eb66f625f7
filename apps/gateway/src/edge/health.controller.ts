import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Probes } from '#boot';
import { Route } from './route.js';

const docs = { tag: 'Health' };
const live = { ...docs, summary: 'Whether the process lives.' };
const ready = { ...docs, summary: 'Whether it can serve, each dependency by name; 503 when it cannot.' };
const metrics = { ...docs, summary: 'Metrics in Prometheus’ text format.', produces: 'text/plain' };

/** Health on both listeners, metrics on the internal one. */
@Controller()
export class HealthController {
  constructor(private readonly probes: Probes) {}

  @Get('health/live')
  @Route({ permission: 'anyone', docs: live })
  live(@Res() reply: FastifyReply): Promise<void> {
    return this.answer('/health/live', reply);
  }

  @Get('health/ready')
  @Route({ permission: 'anyone', docs: ready })
  ready(@Res() reply: FastifyReply): Promise<void> {
    return this.answer('/health/ready', reply);
  }

  @Get('health/live')
  @Route({ permission: 'anyone', listener: 'internal', docs: live })
  liveInside(@Res() reply: FastifyReply): Promise<void> {
    return this.answer('/health/live', reply);
  }

  @Get('health/ready')
  @Route({ permission: 'anyone', listener: 'internal', docs: ready })
  readyInside(@Res() reply: FastifyReply): Promise<void> {
    return this.answer('/health/ready', reply);
  }

  @Get('metrics')
  @Route({ permission: 'anyone', listener: 'internal', docs: metrics })
  metrics(@Res() reply: FastifyReply): Promise<void> {
    return this.answer('/metrics', reply);
  }

  private async answer(path: string, reply: FastifyReply): Promise<void> {
    const { status, contentType, body } = (await this.probes.answer(path))!;
    void reply.code(status).header('content-type', contentType).send(body);
  }
}
