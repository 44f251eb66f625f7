import { createHash, randomBytes } from 'node:crypto';
import type { StandInAnswer, StandInRequest, StandInRoutes } from '../http/http-stand-in.js';
import type { Registration } from './desk.js';

/** How the stand-in behaves; what a test or a developer sets by `POST /_control/youtube`. */
export interface YoutubeSetting {
  /** The channel of whoever says yes, or none. */
  channel: { id: string; title: string } | null;
  /** Seconds that an access token lives. */
  expires_in: number;
  /** Says no when asked. */
  deny: boolean;
  /** The status with which everything but the question is answered; 0 is as it should be. */
  trouble: number;
}

interface Asked {
  redirect_uri: string;
  code_challenge: string;
}

const token = (kind: string): string => `${kind}-${randomBytes(18).toString('base64url')}`;
const refused = (error: string): StandInAnswer => ({ status: 400, json: { error } });

/** YouTube at Google, as far as connecting a channel needs it: OAuth with PKCE, refresh, revocation, the channel. */
export class YoutubeStandIn {
  readonly setting: YoutubeSetting = {
    channel: { id: 'UCgatehouse0000000000001', title: 'Rowan Live' },
    expires_in: 3_599,
    deny: false,
    trouble: 0,
  };
  /** Refresh tokens that are good. */
  readonly leaves = new Set<string>();
  readonly revoked: string[] = [];
  refreshes = 0;
  private readonly codes = new Map<string, Asked>();
  private readonly access = new Set<string>();

  constructor(private readonly registration: Registration) {}

  routes(): StandInRoutes {
    return {
      'GET /youtube/authorize': (request) => this.authorize(request),
      'POST /youtube/token': (request) => this.unlessTrouble(() => this.token(request)),
      'POST /youtube/revoke': (request) => this.unlessTrouble(() => this.revoke(String(request.body['token'] ?? ''))),
      'GET /youtube/api/channels': (request) => this.unlessTrouble(() => this.channels(request)),
      'POST /_control/youtube': ({ body }) => ({ json: Object.assign(this.setting, body) }),
      'GET /_control/youtube/tokens': () => ({ json: { refresh: [...this.leaves], access: [...this.access] } }),
    };
  }

  private unlessTrouble(work: () => StandInAnswer): StandInAnswer {
    const { trouble } = this.setting;
    return trouble ? { status: trouble, json: { error: 'server_error' } } : work();
  }

  private authorize({ query }: StandInRequest): StandInAnswer {
    const redirect_uri = query.get('redirect_uri') ?? '';
    const inOrder =
      query.get('client_id') === this.registration.client_id &&
      query.get('response_type') === 'code' &&
      query.get('code_challenge_method') === 'S256' &&
      URL.canParse(redirect_uri);
    if (!inOrder) return refused('invalid_request');
    const back = new URL(redirect_uri);
    back.searchParams.set('state', query.get('state') ?? '');
    if (this.setting.deny) back.searchParams.set('error', 'access_denied');
    else {
      const code = token('code');
      this.codes.set(code, { redirect_uri, code_challenge: query.get('code_challenge') ?? '' });
      back.searchParams.set('code', code);
      back.searchParams.set('scope', query.get('scope') ?? '');
    }
    return { status: 302, headers: { location: back.href }, content: '' };
  }

  private token({ body }: StandInRequest): StandInAnswer {
    const { client_id, client_secret } = this.registration;
    if (body['client_id'] !== client_id || body['client_secret'] !== client_secret) return refused('invalid_client');
    if (body['grant_type'] === 'refresh_token') return this.refresh(String(body['refresh_token'] ?? ''));
    const asked = this.codes.get(String(body['code'] ?? ''));
    this.codes.delete(String(body['code'] ?? ''));
    const verifier = String(body['code_verifier'] ?? '');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (!asked || asked.redirect_uri !== body['redirect_uri'] || asked.code_challenge !== challenge) {
      return refused('invalid_grant');
    }
    const refresh_token = token('refresh');
    this.leaves.add(refresh_token);
    return { json: { ...this.fresh(), refresh_token } };
  }

  private refresh(refreshToken: string): StandInAnswer {
    if (!this.leaves.has(refreshToken)) return refused('invalid_grant');
    this.refreshes++;
    return { json: this.fresh() };
  }

  private fresh(): object {
    const access_token = token('access');
    this.access.add(access_token);
    const { expires_in } = this.setting;
    return {
      access_token,
      expires_in,
      token_type: 'Bearer',
      scope: 'https://www.googleapis.com/auth/youtube.readonly',
    };
  }

  private revoke(refreshToken: string): StandInAnswer {
    if (!this.leaves.delete(refreshToken)) return refused('invalid_token');
    this.revoked.push(refreshToken);
    return { json: {} };
  }

  private channels({ headers }: StandInRequest): StandInAnswer {
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!this.access.has(bearer)) return { status: 401, json: { error: { code: 401 } } };
    const { channel } = this.setting;
    return { json: { items: channel ? [{ id: channel.id, snippet: { title: channel.title } }] : [] } };
  }
}
