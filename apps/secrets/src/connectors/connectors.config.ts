import { EnvSecret, EnvText, EnvUrl } from '#boot';
import { KeyProvidersConfig } from '../providers/key-providers.config.js';

/** What the service is registered with at platforms. Endpoints are the platforms’ own; they change for tests only. */
export class ConnectorsConfig extends KeyProvidersConfig {
  @EnvText('YOUTUBE_CLIENT_ID', {
    default: '',
    min: 0,
    description: 'What Gatehouse is registered with at Google; without it nobody connects a channel.',
  })
  youtubeClientId!: string;

  @EnvSecret('YOUTUBE_CLIENT_SECRET', { default: '', min: 0, description: 'Its secret.' })
  youtubeClientSecret!: string;

  @EnvUrl('YOUTUBE_AUTHORIZE_URL', { default: 'https://accounts.google.com/o/oauth2/v2/auth' })
  youtubeAuthorizeUrl!: string;

  @EnvUrl('YOUTUBE_TOKEN_URL', { default: 'https://oauth2.googleapis.com/token' })
  youtubeTokenUrl!: string;

  @EnvUrl('YOUTUBE_REVOKE_URL', { default: 'https://oauth2.googleapis.com/revoke' })
  youtubeRevokeUrl!: string;

  @EnvUrl('YOUTUBE_API_URL', { default: 'https://www.googleapis.com/youtube/v3' })
  youtubeApiUrl!: string;
}
