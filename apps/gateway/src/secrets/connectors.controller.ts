import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Empty, FinishYoutubeConnector, StartYoutubeConnector, type ConnectorStart } from '#contracts';
import { Body } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { StartConnectorBody } from './connectors.rules.js';
import { ConnectorsService } from './connectors.service.js';

const tag = 'Chat sources';
const ENDS =
  'Where Google sends the browser back. It goes on to `return_to` with `chat_source_id`, or with `error`: state_invalid, ' +
  'access_denied, provider_failed, no_channel, too_many_chat_sources, temporarily_unavailable.';

@Controller('v1/auth/connectors')
export class ConnectorsController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Post('youtube/start')
  @HttpCode(200)
  @Serves(StartYoutubeConnector, { docs: { tag, input: StartConnectorBody } })
  start(
    @Body(StartConnectorBody) body: StartConnectorBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectorStart> {
    return this.connectors.start(body, request, reply);
  }

  @Get('youtube/callback')
  @Serves(FinishYoutubeConnector, {
    limit: 'login',
    docs: { tag, input: Empty, answer: Empty, status: 302, description: ENDS },
  })
  finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.connectors.finish(request, reply);
  }
}
