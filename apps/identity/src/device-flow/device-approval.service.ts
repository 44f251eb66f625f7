import { Injectable } from '@nestjs/common';
import {
  DeviceApproved,
  DeviceDenied,
  NotFound,
  UserCodeInvalid,
  type DecideDeviceRequest,
  type PendingDevice,
} from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Clients } from '../clients/clients.service.js';
import { DeviceRequestsRepository, type AskingRequest, type Decision } from './device-requests.repository.js';
import { readShortCode, showShortCode, USER_CODE } from './short-code.rules.js';
import { UserCodes, type Typist } from './user-codes.service.js';

/** A person looks at what a device asks for, and decides. Looking changes nothing (R-DF5). */
@Injectable()
export class DeviceApproval {
  constructor(
    private readonly tx: Transactions,
    private readonly codes: UserCodes,
    private readonly requests: DeviceRequestsRepository,
    private readonly clients: Clients,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `not_found`, also for a code that somebody has decided about; `rate_limited` */
  async read(userCode: string, typist: Typist): Promise<PendingDevice> {
    const found = await this.codes.find(userCode, typist, (hash) => this.requests.pending(hash));
    if (!found) throw NotFound.with('There is no device waiting for this code. It may have expired.');
    const { client_id, name } = this.clients.policyOf(found.client_id);
    return {
      user_code: showShortCode(readShortCode(USER_CODE, userCode)!),
      client: { client_id, name },
      installation: installationOf(found),
      place: { ip: found.ip, user_agent: found.user_agent },
      time: found.created_at.toISOString(),
      expires_at: found.expires_at.toISOString(),
    };
  }

  /**
   * Binds the device to the person (R-DF8); the same decision again by the same person is no failure.
   * @throws Refusal `user_code_invalid`, `rate_limited`
   */
  async decide({ user_code, approve }: DecideDeviceRequest, typist: Typist): Promise<void> {
    const { user_id, amr, auth_time } = typist.actor;
    const by: Decision = { user_id, amr, auth_time: new Date(auth_time * 1_000), approve };
    const write = (hash: Buffer) => this.tx.run(() => this.write(hash, by));
    if (!(await this.codes.find(user_code, typist, write))) throw UserCodeInvalid.with();
  }

  private async write(codeHash: Buffer, by: Decision): Promise<true | undefined> {
    const decided = await this.requests.decide(codeHash, by);
    if (!decided) return (await this.requests.wasDecided(codeHash, by)) || undefined;
    const { user_id, approve } = by;
    const data = { user_id, installation_id: decided.id, client_id: decided.client_id };
    await this.outbox.append(approve ? DeviceApproved : DeviceDenied, data, { key: user_id });
    return true;
  }
}

const installationOf = ({ name, platform, app_version }: AskingRequest): PendingDevice['installation'] =>
  name === null ? null : { name, platform, app_version };
