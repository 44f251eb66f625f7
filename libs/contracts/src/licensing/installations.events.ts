import { event } from '../event.js';
import { Uuid } from '../fields.js';

export class InstallationRemovedData {
  @Uuid() user_id!: string;
  @Uuid() installation_id!: string;
}
export const InstallationRemoved = event('licensing.installation.removed', {
  data: InstallationRemovedData,
  publicName: 'installation.removed',
  listeners: ['identity'],
  summary: 'A person removed an installed copy; its session ends.',
});
