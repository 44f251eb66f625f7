import { event } from '../event.js';
import { OneOf, Text, Uuid } from '../fields.js';

export class DeviceDecidedData {
  @Uuid() user_id!: string;
  @Uuid({ description: 'The request, and from its approval on the installation.' }) installation_id!: string;
  @Text() client_id!: string;
}
export const DeviceApproved = event('identity.device.approved', {
  data: DeviceDecidedData,
  publicName: 'installation.device_approved',
  listeners: ['licensing'],
  summary: 'A person approved a device; the copy that runs on it is one of the person’s installations.',
});

export const DeviceDenied = event('identity.device.denied', {
  data: DeviceDecidedData,
  publicName: 'installation.device_denied',
  summary: 'A person denied a device.',
});

export class DeviceRefusedData {
  @Uuid() user_id!: string;
  @Text() client_id!: string;
  @OneOf(['account_closed', 'second_factor']) reason!: string;
}
export const DeviceRefused = event('identity.device.refused', {
  data: DeviceRefusedData,
  publicName: 'auth.device_refused',
  summary: 'An approved device got no tokens: its person may have none, or has to show a second factor.',
});

export class CodeGuessedData {
  @Uuid({ nullable: true }) user_id!: string | null;
  @OneOf(['user_code', 'pairing_code']) kind!: string;
}
export const CodeGuessed = event('identity.code.guessed', {
  data: CodeGuessedData,
  publicName: 'auth.code_failed',
  summary: 'Somebody typed a device’s code that does not exist.',
});
