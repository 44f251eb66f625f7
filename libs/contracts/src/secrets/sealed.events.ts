import { event } from '../event.js';
import { Id, Int } from '../fields.js';

export class OwnerKeysDestroyedData {
  @Id() owner_id!: string;
}
export const OwnerKeysDestroyed = event('secrets.owner_key.destroyed', {
  data: OwnerKeysDestroyedData,
  watchers: ['secrets'],
  summary: 'The keys of an owner are gone for ever; every replica forgets what it holds of them.',
});

export class DataKeysRetiredData {
  @Int({ min: 1 }) retired!: number;
}
export const DataKeysRetired = event('secrets.data_key.retired', {
  data: DataKeysRetiredData,
  watchers: ['secrets'],
  summary: 'Data keys seal no more; every replica takes the ones in their place.',
});
