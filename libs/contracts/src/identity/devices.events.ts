import { event } from '../event.js';
import { Text, Uuid } from '../fields.js';

export class DevicePairedData {
  @Uuid() user_id!: string;
  @Uuid() device_id!: string;
  @Text() client_id!: string;
}
export const DevicePaired = event('identity.device.paired', {
  data: DevicePairedData,
  publicName: 'auth.device_paired',
  summary: 'A pairing code was claimed: a device has a token of its own.',
});

export class DeviceRevokedData {
  @Uuid() user_id!: string;
  @Uuid() device_id!: string;
}
export const DeviceRevoked = event('identity.device.revoked', {
  data: DeviceRevokedData,
  publicName: 'auth.device_revoked',
  summary: 'A person removed a paired device.',
});

export class PairingStartedData {
  @Uuid() user_id!: string;
}
export const PairingStarted = event('identity.pairing.started', {
  data: PairingStartedData,
  publicName: 'auth.pairing_started',
  summary: 'A person asked for a pairing code.',
});
