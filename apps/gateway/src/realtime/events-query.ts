import { SecretText, Text } from '#contracts';

/** What clients may say in the address of a socket or an event stream. */
export class EventsQuery {
  @SecretText({ optional: true, max: 16_384, description: 'An access token, where no header can be sent.' })
  token?: string;
  @Text({ optional: true, description: 'Id of the last frame that arrived; what came after it is sent again.' })
  since?: string;
  @Text({ optional: true, description: '`agent`: the caller’s agent, which gets `chat_message` and `chat_feed`, too.' })
  as?: string;
}
