import { event } from '../event.js';
import { Id } from '../fields.js';

export class OwnerKeysDestroyedData {
  @Id() owner_id!: string;
}
export const OwnerKeysDestroyed = event('secrets.owner_key.destroyed', {
  data: OwnerKeysDestroyedData,
  watchers: ['secrets'],
  summary: 'The keys of an owner are gone for ever; every replica forgets what it holds of them.',
});
