import { event } from '../event.js';
import { OneOf, TextList, Uuid } from '../fields.js';
import { USER_STATUSES } from './user.js';

export class ProfileUpdatedData {
  @Uuid() user_id!: string;
  @TextList({ description: 'Members of the profile that have another value now.' }) changed!: string[];
  @OneOf(USER_STATUSES, { description: 'The status in force; `invisible` is nobody else’s business.' })
  status!: string;
  @OneOf(USER_STATUSES, { optional: true, description: 'The status until then.' }) before?: string;
}
export const ProfileUpdated = event('identity.profile.updated', {
  data: ProfileUpdatedData,
  publicName: 'auth.profile_updated',
  listeners: ['realtime'],
  summary: 'A person changed name, picture, text or status.',
});
