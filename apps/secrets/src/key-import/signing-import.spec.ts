import type { AuditLog } from '../audit/audit-log.service.js';
import { slotOf } from '../keys/key-profile.rules.js';
import type { Keyring } from '../keys/keyring.service.js';
import type { RotationService } from '../keys/rotation.service.js';
import type { SigningKeysRepository } from '../keys/signing-keys.repository.js';
import type { ImportedKeysRepository } from './imported-keys.repository.js';
import { SigningImport } from './signing-import.service.js';

const done = () => Promise.resolve();

describe('an imported key that is to sign', () => {
  it('D-kms: takes the place of one in waiting that was made at the same moment', async () => {
    // Somebody makes one between the look at what waits and the place of ours.
    const waits: string[] = ['ours is late for'];
    const taken: string[] = [];
    const imported = {
      lock: done,
      forget: done,
      removeNext: () => Promise.resolve(taken.length ? void waits.pop() : void taken.push('none was there')),
    };
    const keys = {
      discard: done,
      addIfFirst: ({ kid }: { kid: string }) => Promise.resolve(waits.length === 0 && waits.push(kid) > 0),
    };
    const signing = new SigningImport(
      { sealForeign: () => Buffer.from('sealed') } as unknown as Keyring,
      {
        rotateTo: (_: unknown, __: unknown, putNext: () => Promise<boolean>) => putNext(),
      } as unknown as RotationService,
      keys as unknown as SigningKeysRepository,
      imported as unknown as ImportedKeysRepository,
      { append: done } as unknown as AuditLog,
    );
    const key = { kid: 'ours', jwk: {}, pkcs8: Buffer.alloc(1), slot: slotOf('license_blob')! };
    await signing.activate(key, { caller: 'a test' }, () => Promise.resolve(true));
    expect(waits).toEqual(['ours']);
  });
});
