import { command } from '../command.js';
import { Empty } from '../empty.js';
import { error } from '../errors.js';
import { Id, SecretText, Text } from '../fields.js';
import { Gone, ValidationFailed } from '../general.errors.js';
import { Sealed } from './secrets.commands.js';
import { pattern } from '../patterns.js';

const NAME = pattern(/^[a-z][a-z0-9_]*$/, 'a name in small letters, digits and _');
const BASE64URL = pattern(/^[A-Za-z0-9_-]+$/, 'base64url');

/** What was sealed was changed, or stands where it was not sealed for. */
export const IntegrityFailed = error(
  'integrity',
  'internal',
  'A stored secret is not what was stored; it was not handed out.',
);

/** Where a value belongs. It opens for the app that sealed it and in this very place, and nowhere else. */
class SealedPlace {
  @Id({ description: 'Whose it is; erasing the owner makes every value unreadable for ever.' }) owner_id!: string;
  @Text({ max: 64, pattern: NAME, description: 'What it is kept for; each purpose has its own key.' })
  purpose!: string;
  @Id({ description: 'The row that the value is kept in.' }) record!: string;
  @Text({ max: 64, pattern: NAME, description: 'The column.' }) field!: string;
}

export class SealValueRequest extends SealedPlace {
  @SecretText({ max: 16_384 }) plaintext!: string;
}

export class SealedValue {
  @Text({ max: 131_072, pattern: BASE64URL, description: 'base64url.' }) ciphertext!: string;
}

export const SealValue = command('secrets.sealed.seal', {
  request: SealValueRequest,
  response: SealedValue,
  errors: [ValidationFailed, Gone, Sealed],
  permission: 'apps',
  callers: ['identity', 'licensing', 'fulfillment'],
  summary: 'Encrypts a value for one owner and one place; `gone` when the owner was erased.',
});

export class OpenSealedRequest extends SealedPlace {
  @Text({ max: 131_072, pattern: BASE64URL }) ciphertext!: string;
}

export class OpenedValue {
  @SecretText({ max: 16_384 }) plaintext!: string;
  @Text({
    optional: true,
    max: 131_072,
    pattern: BASE64URL,
    description: 'The same value, sealed anew because its key was rotated: keep this instead.',
  })
  ciphertext?: string;
}

export const OpenSealed = command('secrets.sealed.open', {
  request: OpenSealedRequest,
  response: OpenedValue,
  errors: [ValidationFailed, IntegrityFailed, Gone, Sealed],
  permission: 'apps',
  callers: ['identity', 'licensing', 'fulfillment'],
  summary: 'Decrypts a value in the place that it was sealed for; `gone` when the owner was erased.',
});

export class DestroyOwnerKeysRequest {
  @Id() owner_id!: string;
}

export const DestroyOwnerKeys = command('secrets.owner_key.destroy', {
  request: DestroyOwnerKeysRequest,
  response: Empty,
  errors: [ValidationFailed, Sealed],
  permission: 'apps',
  callers: ['identity'],
  summary: 'Destroys every key of an owner, for ever: what was sealed for them can never be read again. Idempotent.',
});
