import { Injectable } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { ConfirmPassword, RevealStreamKey, SecretText, StreamRequest, type RevealedStreamKey } from '#contracts';

export class RevealStreamBody extends StreamRequest {
  @SecretText({ min: 0, max: 1024 }) password!: string;
}

/** Shows a stream key for the password: identity gives leave, and the secrets service, which uses it up, the key. */
@Injectable()
export class StreamRevealService {
  constructor(private readonly bus: Bus) {}

  /** @throws Refusal `invalid_credentials`, `rate_limited`, `not_found` and whatever keeps a key from being opened */
  async reveal({ stream_id, password }: RevealStreamBody, ask: SendAs): Promise<RevealedStreamKey> {
    const leave = { password, action: 'stream.reveal', record: stream_id } as const;
    const { grant } = await this.bus.send(ConfirmPassword, leave, ask);
    return this.bus.send(RevealStreamKey, { stream_id, grant }, ask);
  }
}
