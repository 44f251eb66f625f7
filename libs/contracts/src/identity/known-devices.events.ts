import { event } from '../event.js';
import { Text, Uuid } from '../fields.js';

export class NewDeviceSeenData {
  @Uuid() user_id!: string;
  @Uuid() session_id!: string;
  @Text() client_id!: string;
}
export const NewDeviceSeen = event('identity.new_device.seen', {
  data: NewDeviceSeenData,
  publicName: 'auth.new_device',
  listeners: ['identity'],
  summary: 'A person signed in from where nobody had signed in to the account before; the person is told by mail.',
});
