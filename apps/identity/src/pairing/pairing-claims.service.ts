import { Injectable } from '@nestjs/common';
import {
  CodeInvalid,
  GrantNotAllowed,
  type ClaimPairingRequest,
  type ClientPolicy,
  type DeviceToken,
  type RequestOrigin,
} from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { CodeGuesses } from '../device-flow/code-guesses.service.js';
import { hashShortCode, PAIRING_CODE, readShortCode } from '../device-flow/short-code.rules.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { PairedDevices } from './paired-devices.service.js';
import { PairingCodesRepository } from './pairing-codes.repository.js';

/** A client that devices are paired as: one that holds no refresh tokens. Others only start pairings. */
const isDeviceClient = ({ grants, delivery }: ClientPolicy): boolean =>
  grants.includes('pairing') && delivery === 'none';

/** A device shows the code that its person has typed into it. Nobody is signed in, so guesses are counted. */
@Injectable()
export class PairingClaims {
  constructor(
    private readonly clients: Clients,
    private readonly guesses: CodeGuesses,
    private readonly keys: MacKeys,
    private readonly codes: PairingCodesRepository,
    private readonly devices: PairedDevices,
  ) {}

  /** @throws Refusal `code_invalid`, `rate_limited`, `grant_not_allowed`, `unknown_client`, `too_many_devices` */
  async claim({ code: typed, name, client_id }: ClaimPairingRequest, { ip }: RequestOrigin): Promise<DeviceToken> {
    const policy = this.policyOf(client_id);
    const code = readShortCode(PAIRING_CODE, typed);
    if (code === undefined) throw CodeInvalid.with();
    const code_hash = hashShortCode(this.keys.names, PAIRING_CODE, code);
    const user_id = await this.guesses.guess('pairing_code', { ip }, () => this.codes.ownerOf(code_hash));
    if (user_id === undefined) throw CodeInvalid.with();
    return this.devices.pair({ code_hash, user_id, policy, name });
  }

  private policyOf(clientId: string | undefined): ClientPolicy {
    const policy =
      clientId === undefined ? this.clients.list().clients.find(isDeviceClient) : this.clients.policyOf(clientId);
    if (!policy || !isDeviceClient(policy)) throw GrantNotAllowed.with();
    return policy;
  }
}
