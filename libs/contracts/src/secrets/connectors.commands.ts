import { command } from '../command.js';
import { error } from '../errors.js';
import { OneOf, SecretText, Text, Uuid } from '../fields.js';
import { Gone, InvalidToken, Unavailable, ValidationFailed } from '../general.errors.js';
import { Sealed } from './secrets.commands.js';

export const ConnectorNotConfigured = error(
  'connector_not_configured',
  'unavailable',
  'This installation is not registered with the platform.',
);

export class StartConnectorRequest {
  @Text({ max: 2048, description: 'One of the client’s own addresses; the gateway has checked it.' })
  return_to!: string;
  @SecretText({ optional: true, max: 64, description: 'Secret of the browser that has to come back.' })
  browser?: string;
}

export class ConnectorStart {
  @Text({ max: 4096, format: 'uri', description: 'Where the person’s browser goes to say yes.' })
  authorize_url!: string;
}

export const StartYoutubeConnector = command('secrets.connector.start_youtube', {
  request: StartConnectorRequest,
  response: ConnectorStart,
  errors: [ValidationFailed, InvalidToken, ConnectorNotConfigured, Gone, Sealed, Unavailable],
  permission: 'user',
  summary: 'Begins to connect a YouTube channel: an address at Google with a state that is good for ten minutes, once.',
});

export class FinishConnectorRequest {
  @SecretText({ optional: true, max: 512 }) state?: string;
  @SecretText({ optional: true, max: 4096 }) code?: string;
  @Text({ optional: true, max: 256 }) error?: string;
  @SecretText({ optional: true, max: 64 }) browser?: string;
}

export const CONNECTOR_ERRORS = [
  'state_invalid',
  'access_denied',
  'provider_failed',
  'no_channel',
  'too_many_chat_sources',
  'temporarily_unavailable',
] as const;
export type ConnectorError = (typeof CONNECTOR_ERRORS)[number];

/** How a connection ended, for the address that the browser goes on to. */
export class FinishedConnector {
  @Text({ max: 2048, optional: true, description: 'Left out when the state was not valid.' }) return_to?: string;
  @Uuid({ optional: true }) chat_source_id?: string;
  @OneOf(CONNECTOR_ERRORS, { optional: true }) error?: ConnectorError;
}

export const FinishYoutubeConnector = command('secrets.connector.finish_youtube', {
  request: FinishConnectorRequest,
  response: FinishedConnector,
  errors: [ValidationFailed],
  permission: 'anyone',
  timeoutMs: 10_000,
  summary: 'What Google has sent the browser back with becomes a chat source.',
});
