import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Timestamp } from '../fields.js';
import { Unavailable } from '../general.errors.js';
import { Sealed } from './secrets.commands.js';

export class SealState {
  @Flag({ description: 'Whether an operator has sealed the service.' }) sealed!: boolean;
  @Timestamp({ nullable: true }) since!: string | null;
}

export const SealService = command('secrets.service.seal', {
  request: Empty,
  response: SealState,
  errors: [Sealed, Unavailable],
  permission: 'internal:keys.seal',
  summary:
    'Takes all keys out of the memory of every replica: nothing is signed, sealed or opened until they are unsealed.',
});

export const UnsealService = command('secrets.service.unseal', {
  request: Empty,
  response: SealState,
  errors: [Unavailable],
  permission: 'internal:keys.seal',
  summary: 'Lets every replica open the keys again.',
});
