import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Int, Nested, NestedList, OneOf, SecretText, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { InvalidToken, NotFound, RateLimited, UnknownClient, ValidationFailed } from '../general.errors.js';
import { CodeInvalid, TooManyDevices } from './devices.errors.js';
import { GrantNotAllowed } from './identity.errors.js';
import { EndedSessions } from './sessions.commands.js';
import { PLAIN } from './user.js';

export class PairingCode {
  @SecretText({ max: 16, description: 'Eight characters without look-alikes; case and dash do not matter.' })
  code!: string;
  @Int({ description: 'Seconds.' }) expires_in!: number;
}

export const StartPairing = command('identity.pairing.start', {
  request: Empty,
  response: PairingCode,
  errors: [InvalidToken],
  permission: 'user',
  summary: 'A code with which one device can be paired with the caller’s account; the code before it is void.',
});

export class ClaimPairingRequest {
  @SecretText({ max: 32 }) code!: string;
  @Text({ max: 100, pattern: PLAIN, description: 'What the person will know the device by.' }) name!: string;
  @Text({
    optional: true,
    max: 64,
    pattern: PLAIN,
    description: 'Default: the client that devices are paired as.',
  })
  client_id?: string;
}

export class PairedDevice {
  @Uuid() id!: string;
  @Text({ max: 100 }) name!: string;
}

export class DeviceToken {
  @SecretText({
    max: 8192,
    description: 'A `device+jwt`: good for its audiences and for sockets, not for the account.',
  })
  access_token!: string;
  @OneOf(['Bearer']) token_type!: 'Bearer';
  @Int({ description: 'Seconds.' }) expires_in!: number;
  @Nested(() => PairedDevice) device!: PairedDevice;
}

export const ClaimPairing = command('identity.pairing.claim', {
  request: ClaimPairingRequest,
  response: DeviceToken,
  errors: [ValidationFailed, CodeInvalid, UnknownClient, GrantNotAllowed, TooManyDevices, RateLimited],
  permission: 'anyone',
  summary: 'Pairs a device: a code gives one token, once.',
});

export class Device {
  @Uuid() id!: string;
  @Text({ max: 100 }) name!: string;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) last_seen_at!: string | null;
}

export class DeviceList {
  @NestedList(() => Device) devices!: Device[];
}

export const ListDevices = command('identity.device.list', {
  request: Empty,
  response: DeviceList,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The caller’s paired devices.',
});

export class RevokeDeviceRequest {
  @Uuid() device_id!: string;
}

export const RevokeDevice = command('identity.device.revoke', {
  request: RevokeDeviceRequest,
  response: EndedSessions,
  errors: [InvalidToken, NotFound],
  permission: 'user',
  summary: 'Removes a paired device: its token is refused everywhere from then on.',
});

export class NoteDevicesRequest {
  @TextList({ max: 5_000, description: 'Devices whose tokens were used lately.' }) device_ids!: string[];
}

export const NoteDevicesSeen = command('identity.device.note_seen', {
  request: NoteDevicesRequest,
  response: Empty,
  permission: 'apps',
  callers: ['gateway', 'realtime'],
  summary: 'Verifiers tell, many at once, which devices they have seen.',
});
