import { command } from '../command.js';
import { OneOf, Text } from '../fields.js';
import { InvalidToken, ValidationFailed } from '../general.errors.js';
import { User, USER_STATUSES, type UserStatus } from './user.js';
import { HTTPS_ADDRESS, PARAGRAPHS, SHOWN_LINE } from './written-text.js';

/** Absent leaves, null clears. */
export class UpdateProfileRequest {
  @Text({ optional: true, nullable: true, max: 64, pattern: SHOWN_LINE }) display_name?: string | null;
  @Text({ optional: true, nullable: true, max: 2048, pattern: HTTPS_ADDRESS, description: 'An `https` address.' })
  avatar_url?: string | null;
  @Text({ optional: true, nullable: true, min: 0, max: 1000, pattern: PARAGRAPHS }) bio?: string | null;
  @OneOf(USER_STATUSES, { optional: true, nullable: true, description: 'Cleared it is `online`.' })
  status?: UserStatus | null;
}

export const UpdateProfile = command('identity.profile.update', {
  request: UpdateProfileRequest,
  response: User,
  errors: [ValidationFailed, InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'Changes what others see of the caller; what is left out stays, `null` clears.',
});
