import { event } from '../event.js';
import { Flag } from '../fields.js';

export class SealChangedData {
  @Flag() sealed!: boolean;
}
export const SealChanged = event('secrets.service.seal_changed', {
  data: SealChangedData,
  watchers: ['secrets'],
  summary: 'An operator has sealed or unsealed the service; every replica follows at once.',
});
