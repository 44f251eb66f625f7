import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  CreateStream,
  DeleteStream,
  ListStreams,
  LookUpStreams,
  ReplaceStreamKey,
  RevealStreamKey,
  UpdateStream,
  type Call,
  type CreateStreamRequest,
  type Empty,
  type LookUpStreamsRequest,
  type ReplaceStreamKeyRequest,
  type RevealedStreamKey,
  type RevealStreamKeyRequest,
  type Stream,
  type StreamDestinations,
  type StreamList,
  type StreamRequest,
  type UpdateStreamRequest,
} from '#contracts';
import { Destinations } from './destinations.service.js';
import { Streams } from './streams.service.js';

/** No transaction spans these: keys are unwrapped meanwhile, perhaps on another machine. */
@Controller()
export class StreamsController {
  constructor(
    private readonly streams: Streams,
    private readonly destinations: Destinations,
  ) {}

  @Handles(CreateStream, { transaction: false })
  create(input: CreateStreamRequest, call: Call): Promise<Stream> {
    return this.streams.create(input, call);
  }

  @Handles(ListStreams, { transaction: false })
  async list(_input: Empty, call: Call): Promise<StreamList> {
    return { streams: await this.streams.list(call) };
  }

  @Handles(UpdateStream, { transaction: false })
  update(input: UpdateStreamRequest, call: Call): Promise<Stream> {
    return this.streams.update(input, call);
  }

  @Handles(DeleteStream, { transaction: false })
  async delete({ stream_id }: StreamRequest, call: Call): Promise<Empty> {
    await this.streams.delete(stream_id, call);
    return {};
  }

  @Handles(ReplaceStreamKey, { transaction: false })
  replaceKey(input: ReplaceStreamKeyRequest, call: Call): Promise<Stream> {
    return this.streams.replaceKey(input, call);
  }

  @Handles(RevealStreamKey, { transaction: false })
  async reveal(input: RevealStreamKeyRequest, call: Call): Promise<RevealedStreamKey> {
    return { stream_key: await this.streams.reveal(input, call) };
  }

  @Handles(LookUpStreams, { transaction: false })
  async lookUp(input: LookUpStreamsRequest, call: Call): Promise<StreamDestinations> {
    return { streams: await this.destinations.lookUp(input, call) };
  }
}
