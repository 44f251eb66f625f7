import type { Feature } from '../feature.js';
import { PairedDevices } from './paired-devices.service.js';
import { PairingClaims } from './pairing-claims.service.js';
import { PairingCodesRepository } from './pairing-codes.repository.js';
import { PairingController } from './pairing.controller.js';
import { Pairing } from './pairing.service.js';

export const pairing: Feature = {
  controllers: [PairingController],
  providers: [PairedDevices, Pairing, PairingClaims, PairingCodesRepository],
};
