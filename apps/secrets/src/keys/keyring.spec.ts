import { randomBytes } from 'node:crypto';
import type { Log } from '#boot';
import type { Transactions } from '#persistence';
import type { AuditLog } from '../audit/audit-log.service.js';
import type { DataKeysService } from '../kek/data-keys.service.js';
import type { KeyProvider } from '../kek/key-provider.js';
import { LocalKek } from '../kek/local-kek.js';
import type { OperatorSealRepository } from '../seal/operator-seal.repository.js';
import { KEY_SLOTS, type KeySlot } from './key-profile.rules.js';
import { Keyring } from './keyring.service.js';
import { SealedKeys } from './sealed-keys.service.js';
import { SigningProviders } from './signing-providers.js';
import type { NewSigningKey, SigningKeysRepository } from './signing-keys.repository.js';

/** A place in the work of others at which it waits. */
class Gate {
  pass!: () => void;
  private readonly open = new Promise<void>((resolve) => (this.pass = resolve));
  readonly wait = (): Promise<void> => this.open;
}

interface Hooks {
  obtain?: () => Promise<void>;
  findActive?: () => Promise<void>;
  isSealed?: () => Promise<boolean>;
  /** Where the keys of license blobs live. */
  elsewhere?: KeyProvider;
}

function keyringWith(hooks: Hooks) {
  const added: KeySlot[] = [];
  const key = randomBytes(32);
  const audit = {
    opened: false,
    append: () => Promise.resolve(),
    open: () => (audit.opened = true),
    close: () => (audit.opened = false),
  };
  const stored = {
    slotsWith: (state: string) => Promise.resolve(state === 'active' ? KEY_SLOTS : []),
    addIfFirst: ({ purpose, alg }: NewSigningKey) => {
      added.push({ purpose, alg });
      return Promise.resolve(true);
    },
    findActive: async () => (await hooks.findActive?.(), []),
  };
  const seal = { since: async () => ((await hooks.isSealed?.()) ? new Date() : undefined) };
  const dataKeys = {
    obtain: async () => (await hooks.obtain?.(), { id: '019b0000-0000-7000-8000-000000000001', key }),
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const providers = new SigningProviders(
    new LocalKek(randomBytes(32)),
    hooks.elsewhere && { provider: hooks.elsewhere, purposes: ['license_blob'] },
  );
  const repository = stored as unknown as SigningKeysRepository;
  const [trail, told] = [audit as unknown as AuditLog, log as unknown as Log];
  const keys = new SealedKeys(repository, providers, trail, told, {} as Transactions);
  const keyring = new Keyring(
    seal as unknown as OperatorSealRepository,
    dataKeys as unknown as DataKeysService,
    trail,
    told,
    keys,
  );
  return { keyring, audit, key, added };
}

describe('SEC16: an operator’s seal', () => {
  it.each(['obtain', 'findActive'] as const)(
    'holds against an opening that was under way: %s',
    async (at) => {
      const gate = new Gate();
      const { keyring, audit, key } = keyringWith({ [at]: gate.wait });
      const opening = keyring.unseal();
      await new Promise(setImmediate);
      keyring.close();
      gate.pass();
      expect(await opening).toBe(false);
      expect(keyring.sealedBecause).toMatch(/operator/);
      expect([audit.opened, key]).toEqual([false, Buffer.alloc(32)]);
      expect(() => keyring.current('access')).toThrow(/sealed/i);
    },
    30_000,
  );

  it('closes nothing that was opened since it was asked for', async () => {
    const gate = new Gate();
    const answers = [Promise.resolve(false), gate.wait().then(() => true), Promise.resolve(false)];
    const { keyring } = keyringWith({ isSealed: () => answers.shift()! });
    await keyring.unseal();
    const asking = keyring.closeIfSealed();
    keyring.close();
    expect(await keyring.unseal()).toBe(true);
    gate.pass();
    await asking;
    expect(keyring.sealedBecause).toBeUndefined();
  });

  it('is taken away by the next opening', async () => {
    const { keyring } = keyringWith({});
    keyring.close();
    expect(await keyring.unseal()).toBe(true);
    expect(keyring.sealedBecause).toBeUndefined();
  });
});

describe('keys in waiting', () => {
  it('R-JW7: are made for every slot but those of a provider that is away', async () => {
    const away = { id: 'hsm', generate: () => Promise.reject(new Error('the hsm is away')) };
    const { keyring, added } = keyringWith({ elsewhere: away as unknown as KeyProvider });
    await keyring.unseal();
    const slots: KeySlot[] = [
      { purpose: 'license_blob', alg: 'EdDSA' },
      { purpose: 'access', alg: 'ES256' },
      { purpose: 'id_token', alg: 'EdDSA' },
    ];
    await expect(keyring.prepareNext(slots)).rejects.toThrow('the hsm is away');
    expect(added).toEqual(slots.slice(1));
  });
});
