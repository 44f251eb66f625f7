import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CodeInvalid, DevicePaired, TooManyDevices, type ClientPolicy, type DeviceToken } from '#contracts';
import { newId, Outbox, Transactions } from '#persistence';
import { DevicesRepository } from '../devices/devices.repository.js';
import { TokenSigner } from '../keys/token-signer.service.js';
import { PairingCodesRepository } from './pairing-codes.repository.js';

/** Whoever pairs more has forgotten most of them. */
const MOST_DEVICES = 100;
/** Longest life of a device token; secrets signs none that lives longer. */
const LONGEST_SECONDS = 90 * 86_400;

/** A code that was right, and what its device is to be. */
export interface Pairing {
  code_hash: Buffer;
  user_id: string;
  policy: ClientPolicy;
  name: string;
}

/** Makes a device of a right pairing code, once. */
@Injectable()
export class PairedDevices {
  constructor(
    private readonly tx: Transactions,
    private readonly codes: PairingCodesRepository,
    private readonly devices: DevicesRepository,
    private readonly signer: TokenSigner,
    private readonly outbox: Outbox,
  ) {}

  /**
   * The token is signed before the transaction, which holds no connection while it waits; it is worth nothing unless
   * the code is used up and the device written.
   * @throws Refusal `code_invalid` when another claim was first or the account is closed; `too_many_devices`
   */
  async pair(pairing: Pairing): Promise<DeviceToken> {
    const { user_id, policy, name } = pairing;
    if ((await this.devices.countLive(user_id)) >= MOST_DEVICES) throw TooManyDevices.with();
    const [id, token_id, ttl] = [newId(), randomUUID(), Math.min(policy.refresh_ttl, LONGEST_SECONDS)];
    const { client_id, audience } = policy;
    const access_token = await this.signer.signDevice({ user_id, device_id: id, token_id, client_id, audience, ttl });
    const expires_at = new Date(Date.now() + ttl * 1_000);
    await this.tx.run(() => this.write(pairing, { id, user_id, client_id, name, token_id, expires_at }));
    return { access_token, token_type: 'Bearer', expires_in: ttl, device: { id, name } };
  }

  private async write({ code_hash }: Pairing, device: Parameters<DevicesRepository['insert']>[0]): Promise<void> {
    const { id: device_id, user_id, client_id } = device;
    const isOurs = (await this.codes.consume(code_hash, user_id)) && (await this.devices.insert(device));
    if (!isOurs) throw CodeInvalid.with();
    await this.outbox.append(DevicePaired, { user_id, device_id, client_id }, { key: user_id });
  }
}
