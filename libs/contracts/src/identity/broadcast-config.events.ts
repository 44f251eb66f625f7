import { event } from '../event.js';
import { Text, Uuid } from '../fields.js';

export class BroadcastConfigUpdatedData {
  @Uuid() user_id!: string;
  @Text({ max: 64 }) preset_id!: string;
}
export const BroadcastConfigUpdated = event('identity.broadcast_config.updated', {
  data: BroadcastConfigUpdatedData,
  publicName: 'broadcast_config.updated',
  summary: 'A person chose a preset or changed its overrides.',
});
