import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  CreateStream,
  CreateStreamRequest,
  DeleteStream,
  Empty,
  InvalidCredentials,
  ListStreams,
  LookUpStreams,
  LookUpStreamsRequest,
  RateLimited,
  ReplaceStreamKey,
  ReplaceStreamKeyRequest,
  RevealStreamKey,
  StreamRequest,
  UpdateStream,
  UpdateStreamRequest,
  type RevealedStreamKey,
  type Stream,
  type StreamDestinations,
  type StreamList,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { RevealStreamBody, StreamRevealService } from './stream-reveal.service.js';

const tag = 'Streams';
const reveal = { tag, input: RevealStreamBody, errors: [InvalidCredentials, RateLimited] };

@Controller()
export class StreamsController {
  constructor(
    private readonly bus: Bus,
    private readonly reveals: StreamRevealService,
  ) {}

  @Post('v1/auth/streams')
  @Serves(CreateStream, { docs: { tag, status: 201 } })
  create(@Input() input: CreateStreamRequest, @Ask() ask: SendAs): Promise<Stream> {
    return this.bus.send(CreateStream, input, ask);
  }

  @Get('v1/auth/streams')
  @Serves(ListStreams, { docs: { tag } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<StreamList> {
    return this.bus.send(ListStreams, input, ask);
  }

  @Put('v1/auth/streams/:stream_id')
  @Serves(UpdateStream, { docs: { tag } })
  update(@Input() input: UpdateStreamRequest, @Ask() ask: SendAs): Promise<Stream> {
    return this.bus.send(UpdateStream, input, ask);
  }

  @Delete('v1/auth/streams/:stream_id')
  @HttpCode(204)
  @Serves(DeleteStream, { docs: { tag, answer: Empty, status: 204 } })
  async delete(@Input() input: StreamRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(DeleteStream, input, ask);
  }

  @Put('v1/auth/streams/:stream_id/key')
  @Serves(ReplaceStreamKey, { docs: { tag } })
  replaceKey(@Input() input: ReplaceStreamKeyRequest, @Ask() ask: SendAs): Promise<Stream> {
    return this.bus.send(ReplaceStreamKey, input, ask);
  }

  @Post('v1/auth/streams/:stream_id/reveal')
  @HttpCode(200)
  @Serves(RevealStreamKey, { limit: 'login', docs: reveal })
  reveal(@Body(RevealStreamBody) body: RevealStreamBody, @Ask() ask: SendAs): Promise<RevealedStreamKey> {
    return this.reveals.reveal(body, ask);
  }

  @Get('internal/users/:user_id/streams')
  @Serves(LookUpStreams, { docs: { tag: 'Internal: secrets' } })
  lookUp(@Input() input: LookUpStreamsRequest, @Ask() ask: SendAs): Promise<StreamDestinations> {
    return this.bus.send(LookUpStreams, input, ask);
  }
}
