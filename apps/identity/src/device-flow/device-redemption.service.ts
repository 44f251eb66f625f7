import { Injectable } from '@nestjs/common';
import {
  AccessDenied,
  DeviceRefused,
  ExpiredToken,
  InvalidCredentials,
  pollRefusal,
  Refusal,
  type DeviceRefusedData,
  type RequestOrigin,
  type SignedIn,
} from '#contracts';
import { Outbox } from '#persistence';
import { Clients } from '../clients/clients.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { DeviceRequestsRepository, type PolledRequest } from './device-requests.repository.js';

/** Turns an approval into tokens, once. */
@Injectable()
export class DeviceRedemption {
  constructor(
    private readonly requests: DeviceRequestsRepository,
    private readonly users: UsersRepository,
    private readonly clients: Clients,
    private readonly issuer: TokenIssuer,
    private readonly outbox: Outbox,
  ) {}

  /**
   * What the approver has proven counts for the device, and when: the device gets no fresher sign-in than its person
   * had. The approval is used up in the transaction that opens the session.
   * @throws Refusal `access_denied` when the approver may have no session; `expired_token` when it was used before
   */
  async redeem(request: PolledRequest, origin: RequestOrigin): Promise<SignedIn> {
    const user = await this.users.find(request.user_id!);
    if (!user?.is_active) return this.refuse(request, 'account_closed');
    const proofs = {
      ...{ user, policy: this.clients.policyOf(request.client_id), grant: 'device' as const, origin },
      ...{ amr: request.amr!, auth_time: request.auth_time!, device_id: request.id },
    };
    try {
      const signedIn = await this.issuer.issueTokens(proofs, () => this.use(request.id));
      return signedIn.issued ? signedIn : await this.refuse(request, 'second_factor');
    } catch (error) {
      if (!(error instanceof Refusal && error.is(InvalidCredentials))) throw error;
      return this.refuse(request, 'account_closed');
    }
  }

  private async use(id: string): Promise<void> {
    if (!(await this.requests.redeem(id))) throw pollRefusal(ExpiredToken);
  }

  private async refuse({ id, user_id, client_id }: PolledRequest, reason: DeviceRefusedData['reason']): Promise<never> {
    if (await this.requests.withdraw(id)) {
      await this.outbox.append(DeviceRefused, { user_id: user_id!, client_id, reason }, { key: user_id! });
    }
    throw pollRefusal(AccessDenied);
  }
}
