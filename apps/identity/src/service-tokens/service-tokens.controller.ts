import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { IssueServiceToken, type IssueServiceTokenRequest, type ServiceToken } from '#contracts';
import { ServiceTokens } from './service-tokens.service.js';

@Controller()
export class ServiceTokensController {
  constructor(private readonly tokens: ServiceTokens) {}

  @Handles(IssueServiceToken, { transaction: false })
  issue(input: IssueServiceTokenRequest): Promise<ServiceToken> {
    return this.tokens.issue(input);
  }
}
