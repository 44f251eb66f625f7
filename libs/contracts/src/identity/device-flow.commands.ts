import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Int, Nested, SecretText, Text, Timestamp, Uuid, NestedList, TextList } from '../fields.js';
import { InvalidToken, NotFound, Overloaded, RateLimited, UnknownClient, ValidationFailed } from '../general.errors.js';
import { AccessDenied, AuthorizationPending, ExpiredToken, SlowDown, UserCodeInvalid } from './device-flow.errors.js';
import { GrantNotAllowed } from './identity.errors.js';
import { EndedSessions } from './sessions.commands.js';
import { SignedIn } from './tokens.js';
import { PLAIN } from './user.js';

/** The copy of an application that asks, as it describes itself. */
export class InstallationClaim {
  @Text({ max: 100, pattern: PLAIN, example: 'Studio desktop' }) name!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, example: 'linux' }) platform?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, example: '1.4.2' }) app_version?: string;
}

export class StartDeviceRequest {
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
  @Nested(() => InstallationClaim, { optional: true }) installation?: InstallationClaim;
  @Int({ optional: true, min: 60, max: 900, description: 'Seconds the codes live; default 900.' }) lifetime?: number;
}

/** RFC 8628 §3.2. */
export class DeviceAuthorization {
  @SecretText({ max: 128, description: 'For the device: it polls with it.' }) device_code!: string;
  @SecretText({ max: 16, description: 'For the person: eight letters, case and dash do not matter.' })
  user_code!: string;
  @Text({ max: 2048 }) verification_uri!: string;
  @SecretText({ max: 2048, description: 'The same page with the code filled in; it still has to be approved.' })
  verification_uri_complete!: string;
  @Int({ description: 'Seconds.' }) expires_in!: number;
  @Int({ description: 'Seconds between two polls, at least.' }) interval!: number;
}

export const StartDevice = command('identity.device.start', {
  request: StartDeviceRequest,
  response: DeviceAuthorization,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed],
  permission: 'anyone',
  summary: 'Begins a sign-in on a device: codes for the device and for its person.',
});

export class PollDeviceRequest {
  @SecretText({ max: 128 }) device_code!: string;
  @Text({
    optional: true,
    max: 64,
    pattern: PLAIN,
    description: 'When given it must be the client that began.',
  })
  client_id?: string;
}

export const PollDevice = command('identity.device.poll', {
  request: PollDeviceRequest,
  response: SignedIn,
  errors: [ValidationFailed, AuthorizationPending, SlowDown, AccessDenied, ExpiredToken, GrantNotAllowed, Overloaded],
  permission: 'anyone',
  concurrency: 256,
  summary: 'Asks whether the device was approved; the first answer after that has the tokens, and only that.',
});

export class ReadDeviceRequest {
  @Text({ max: 32, pattern: PLAIN, description: 'As the device shows it.' }) user_code!: string;
}

export class AskingClient {
  @Text({ max: 64 }) client_id!: string;
  @Text() name!: string;
}

export class AskingInstallation {
  @Text({ max: 100 }) name!: string;
  @Text({ nullable: true, max: 64 }) platform!: string | null;
  @Text({ nullable: true, max: 64 }) app_version!: string | null;
}

export class AskingPlace {
  @Text({ nullable: true, max: 64, description: 'Network address from which the device asked.' }) ip!: string | null;
  @Text({ nullable: true, max: 512 }) user_agent!: string | null;
}

/** What somebody who holds a user code is asked to approve. */
export class PendingDevice {
  @Text({ max: 16 }) user_code!: string;
  @Nested(() => AskingClient) client!: AskingClient;
  @Nested(() => AskingInstallation, { nullable: true }) installation!: AskingInstallation | null;
  @Nested(() => AskingPlace) place!: AskingPlace;
  @Timestamp({ description: 'When the device asked.' }) time!: string;
  @Timestamp() expires_at!: string;
}

export const ReadDevice = command('identity.device.read_request', {
  request: ReadDeviceRequest,
  response: PendingDevice,
  errors: [InvalidToken, NotFound, RateLimited],
  permission: 'user',
  summary: 'What a device with this code asks for. Looking approves and claims nothing.',
});

export class DecideDeviceRequest {
  @Text({ max: 32, pattern: PLAIN, description: 'As the device shows it.' }) user_code!: string;
  @Flag({ description: 'true approves, false denies.' }) approve!: boolean;
}

export const DecideDevice = command('identity.device.decide', {
  request: DecideDeviceRequest,
  response: Empty,
  errors: [ValidationFailed, InvalidToken, UserCodeInvalid, RateLimited],
  permission: 'user',
  freshAuth: 300,
  summary: 'Approves or denies the device with this code; needs a sign-in that is at most five minutes old.',
});

export class ReadInstallationRequest {
  @Uuid() installation_id!: string;
}

export class ApprovedInstallation extends AskingInstallation {
  @Uuid() user_id!: string;
  @Text({ max: 64 }) client_id!: string;
  @Timestamp() approved_at!: string;
}

export const ReadInstallation = command('identity.installation.read', {
  request: ReadInstallationRequest,
  response: ApprovedInstallation,
  errors: [NotFound],
  permission: 'apps',
  callers: ['licensing'],
  summary: 'The installation that a person approved. Events do not carry its name.',
});

export class InstallationsRequest {
  @Uuid() user_id!: string;
  @TextList({ max: 1_000 }) installation_ids!: string[];
}

export class Sighting {
  @Uuid() installation_id!: string;
  @Timestamp() last_seen_at!: string;
}

export class Sightings {
  @NestedList(() => Sighting) sightings!: Sighting[];
}

export const ReadSightings = command('identity.installation.sightings', {
  request: InstallationsRequest,
  response: Sightings,
  permission: 'apps',
  callers: ['licensing'],
  summary: 'When the sessions of these installations were used last.',
});

export const EndInstallations = command('identity.installation.end_sessions', {
  request: InstallationsRequest,
  response: EndedSessions,
  permission: 'apps',
  callers: ['licensing'],
  summary: 'Ends the sessions of installations that their person has removed.',
});
