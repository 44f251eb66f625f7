import { Injectable } from '@nestjs/common';
import type { IssueServiceTokenRequest, ServiceToken } from '#contracts';
import { TokenSigner } from '../keys/token-signer.service.js';

const TTL_SECONDS = 900;

/** Tokens of internal callers, which the gateway has authenticated and whose scopes it knows. */
@Injectable()
export class ServiceTokens {
  constructor(private readonly signer: TokenSigner) {}

  async issue({ caller, scopes }: IssueServiceTokenRequest): Promise<ServiceToken> {
    const access_token = await this.signer.signService(caller, scopes, TTL_SECONDS);
    return { access_token, token_type: 'Bearer', expires_in: TTL_SECONDS, scope: scopes.join(' ') };
  }
}
