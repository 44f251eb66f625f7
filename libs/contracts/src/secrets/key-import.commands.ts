import { command } from '../command.js';
import { error } from '../errors.js';
import { OneOf, SecretText, Text, Timestamp } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { PublicKey, Sealed } from './secrets.commands.js';
import { pattern } from '../patterns.js';

export const KeyExists = error(
  'key_exists',
  'conflict',
  'There is another key of this name, or this key under another.',
);

export const IMPORT_USES = ['verify', 'sign'] as const;

export class ImportKeyRequest {
  @SecretText({
    max: 4096,
    description:
      'The Ed25519 key: PEM (PKCS#8, or SPKI of the public half), or base64, base64url or hex of the PKCS#8 DER or of the 32-byte seed.',
  })
  key!: string;
  @OneOf(IMPORT_USES, {
    description:
      '`verify`: blobs that it signed are genuine, and its private half is not kept; `sign`: it signs from now on.',
  })
  use!: 'verify' | 'sign';
  @Text({
    optional: true,
    max: 64,
    pattern: pattern(/^[\w.-]+$/, 'letters, digits, _, . and - only'),
    description: 'The name by which its blobs call it; default: made from the public key.',
  })
  kid?: string;
  @Timestamp({ optional: true, description: 'Until when a verify-only key verifies; default: for ten years.' })
  not_after?: string;
}

export const ImportKey = command('secrets.key.import', {
  request: ImportKeyRequest,
  response: PublicKey,
  errors: [ValidationFailed, KeyExists, Sealed],
  permission: 'internal:keys.import',
  timeoutMs: 20_000,
  concurrency: 1,
  summary: 'Takes over a key that has signed license blobs elsewhere, to verify them or to sign from now on.',
});
