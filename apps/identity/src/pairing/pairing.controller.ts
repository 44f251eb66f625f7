import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ClaimPairing,
  StartPairing,
  type Call,
  type ClaimPairingRequest,
  type DeviceToken,
  type Empty,
  type PairingCode,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { PairingClaims } from './pairing-claims.service.js';
import { Pairing } from './pairing.service.js';

@Controller()
export class PairingController {
  constructor(
    private readonly pairing: Pairing,
    private readonly claims: PairingClaims,
  ) {}

  @Handles(StartPairing)
  async start(_input: Empty, call: Call): Promise<PairingCode> {
    return this.pairing.start(personOf(call.actor));
  }

  /** Opens its transactions itself: a wrong code stays counted when it is refused. */
  @Handles(ClaimPairing, { transaction: false })
  claim(input: ClaimPairingRequest, call: Call): Promise<DeviceToken> {
    return this.claims.claim(input, call.origin);
  }
}
