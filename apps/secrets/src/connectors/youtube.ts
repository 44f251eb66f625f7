import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ChatConfig } from '../chat-sources/chat-config.rules.js';
import { SecretsConfig } from '../secrets.config.js';
import { ask, OutboundProblem, postForm, type OutboundAnswer } from './outbound.js';

/** Tokens of a connected channel, as a platform gives them. */
export interface PlatformTokens {
  access_token: string;
  refresh_token: string;
  /** Seconds. */
  expires_in: number;
  scope: string;
}

/** The channel that somebody has connected. */
export interface Channel {
  id: string;
  title: string;
}

/** The leave was taken back at the platform: only its person can give it again. */
export class LeaveWithdrawn extends Error {
  override readonly name = 'LeaveWithdrawn';
}

const SCOPE = 'https://www.googleapis.com/auth/youtube.readonly';
const SHORTEST_LIFE = 60;

/** YouTube at Google: OAuth 2.0 with PKCE (RFC 7636), and the channel of whoever said yes. */
@Injectable()
export class Youtube {
  constructor(private readonly config: SecretsConfig) {}

  get configured(): boolean {
    return this.config.youtubeClientId !== '' && this.config.youtubeClientSecret !== '';
  }

  /** Where the browser goes; `offline` and `consent`, or else there is no refresh token the second time. */
  authorizeUrl(state: string, verifier: string): string {
    const url = new URL(this.config.youtubeAuthorizeUrl);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const said = {
      client_id: this.config.youtubeClientId,
      redirect_uri: this.redirectUri,
      response_type: 'code',
      scope: SCOPE,
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      access_type: 'offline',
      prompt: 'consent',
    };
    for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
    return url.href;
  }

  /** @throws OutboundProblem */
  async exchange(code: string, verifier: string): Promise<PlatformTokens> {
    const { redirectUri: redirect_uri } = this;
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri };
    const answer = await postForm(this.config.youtubeTokenUrl, { ...this.registration, ...grant });
    if (answer.status !== 200) throw new OutboundProblem(`the code was refused with ${answer.status}`);
    return tokensIn(answer);
  }

  /** @throws LeaveWithdrawn, OutboundProblem */
  async refresh(refreshToken: string): Promise<PlatformTokens> {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const answer = await postForm(this.config.youtubeTokenUrl, { ...this.registration, ...grant });
    if (answer.status === 400 && answer.body.error === 'invalid_grant') throw new LeaveWithdrawn();
    if (answer.status !== 200) throw new OutboundProblem(`the refresh was refused with ${answer.status}`);
    return tokensIn(answer, refreshToken);
  }

  /** What is not known there any more counts as revoked. @throws OutboundProblem */
  async revoke(token: string): Promise<void> {
    const { status } = await postForm(this.config.youtubeRevokeUrl, { token });
    if (status !== 200 && status !== 400) throw new OutboundProblem(`the revocation was refused with ${status}`);
  }

  /** @returns nothing when the account has no channel. @throws OutboundProblem */
  async channelOf(accessToken: string): Promise<Channel | undefined> {
    const url = `${this.config.youtubeApiUrl}/channels?part=snippet&mine=true`;
    const { status, body } = await ask(url, { headers: { authorization: `Bearer ${accessToken}` } });
    if (status !== 200) throw new OutboundProblem(`the channel was refused with ${status}`);
    const [item] = (Array.isArray(body.items) ? body.items : []) as { id?: unknown; snippet?: { title?: unknown } }[];
    if (typeof item?.id !== 'string') return undefined;
    const title = typeof item.snippet?.title === 'string' ? item.snippet.title : item.id;
    return {
      id: item.id.slice(0, 128),
      title:
        title
          .replace(/\p{Cc}/gu, ' ')
          .trim()
          .slice(0, 100) || item.id,
    };
  }

  private get redirectUri(): string {
    return `${this.config.publicUrl.replace(/\/$/, '')}/v1/auth/connectors/youtube/callback`;
  }

  private get registration(): { client_id: string; client_secret: string } {
    return { client_id: this.config.youtubeClientId, client_secret: this.config.youtubeClientSecret };
  }
}

function tokensIn({ body }: OutboundAnswer, before?: string): PlatformTokens {
  const { access_token, refresh_token = before, expires_in, scope } = body;
  if (typeof access_token !== 'string' || typeof refresh_token !== 'string') {
    throw new OutboundProblem('the tokens were not among what was answered');
  }
  const life = typeof expires_in === 'number' && expires_in > 0 ? expires_in : SHORTEST_LIFE;
  return { access_token, refresh_token, expires_in: life, scope: typeof scope === 'string' ? scope : SCOPE };
}

/** What is kept of a channel and its tokens. */
export const configOf = (channel: Channel, tokens: PlatformTokens): ChatConfig => ({
  channel_id: channel.id,
  channel_title: channel.title,
  access_token: tokens.access_token,
  refresh_token: tokens.refresh_token,
  scope: tokens.scope,
  expires_at: new Date(Date.now() + tokens.expires_in * 1_000).toISOString(),
});

/** Five minutes before the end, or at half of a life that is shorter than ten. */
export const refreshTime = ({ expires_in }: PlatformTokens): Date =>
  new Date(Date.now() + Math.max(expires_in - 300, expires_in / 2) * 1_000);
