import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Health } from '#boot';
import { Unavailable } from '#contracts';
import { testDir } from '../../../../test/support/index.js';
import { providerOf } from '../../test/providers/conformance.js';
import { PIN, softToken } from '../../test/providers/softhsm.js';
import { IntegrityError } from '../kek/envelope.js';
import type { KeyProvider } from '../kek/key-provider.js';
import { CK, ulong } from './cryptoki.js';
import { CryptokiLibrary } from './cryptoki-library.js';
import { ProviderHealth } from './provider-health.js';

const CONTEXT = ['data-key', 'id', 'user', '42', 'streams'];
const SPEC = { alg: 'EdDSA' as const, bits: 0 };
const refusal = { code: Unavailable.code };

describe('D-kms SEC17: a device that has lost its sessions', () => {
  const dir = testDir('pkcs11-lost');
  const pinFile = path.join(dir, 'pin');
  let library: CryptokiLibrary;
  let provider: KeyProvider;
  let beside: KeyProvider;

  /** It is another one when the library was begun anew. */
  const slot = (): bigint => library.slots()[0]!;
  const writePin = (pin: string): void => fs.writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
  /** As after a restart: no session is known, nobody is logged in. */
  const forget = (): void => library.call('C_CloseAllSessions', slot());
  /** Ends the login of all sessions, and leaves those. */
  const logOut = (): void => {
    const out = ulong(0);
    library.call('C_OpenSession', slot(), CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION, null, null, out);
    library.call('C_Logout', out.readBigUInt64LE());
    library.call('C_CloseSession', out.readBigUInt64LE());
  };

  beforeAll(async () => {
    const token = await softToken(path.join(dir, 'softhsm'));
    writePin(PIN);
    library = await CryptokiLibrary.load(token.library);
    const env = {
      PKCS11_PIN_FILE: pinFile,
      KEK_PROVIDER: `pkcs11:token=${token.label};object=kek?module-path=${token.library}`,
    };
    [provider, beside] = [await providerOf(env), await providerOf(env)];
  }, 180_000);
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  it.each([
    ['forgot its sessions', forget],
    ['logged everybody out', logOut],
    ['has to be begun anew', () => library.call('C_Finalize', null)],
  ])('%s: it is logged into anew, and everything works on', async (_, lose) => {
    const key = randomBytes(32);
    const wrapped = await provider.wrap(key, CONTEXT);
    const sign = await provider.open(SPEC, (await provider.generate(SPEC)).handle);
    const signed = await sign(Buffer.from('x'));
    lose();
    expect(await provider.unwrap(wrapped, CONTEXT)).toEqual(key);
    expect(await sign(Buffer.from('x'))).toEqual(signed);
    // Somebody else in this process has logged in since.
    expect(await beside.unwrap(await beside.wrap(key, CONTEXT), CONTEXT)).toEqual(key);
    lose();
    expect(await sign(Buffer.from('x'))).toEqual(signed);
    lose();
    await expect(provider.unwrap(Buffer.alloc(60), CONTEXT)).rejects.toThrow(IntegrityError);
    lose();
    const many = await Promise.all(Array.from({ length: 40 }, () => provider.wrap(key, CONTEXT)));
    for (const each of many) expect(await provider.unwrap(each, CONTEXT)).toEqual(key);
  });

  it('readiness tells while nobody can log in, and no PIN is tried twice: else the token would be locked', async () => {
    const wrapped = await provider.wrap(randomBytes(32), CONTEXT);
    await provider.check!();
    const logins = jest.spyOn(library, 'callAsync');
    try {
      writePin('0000000000');
      forget();
      await expect(provider.check!()).rejects.toMatchObject(refusal);
      for (let n = 0; n < 5; n++) await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject(refusal);
      await expect(provider.check!()).rejects.toMatchObject(refusal);
      expect(logins.mock.calls.filter(([name]) => name === 'C_Login')).toHaveLength(1);
    } finally {
      logins.mockRestore();
      writePin(PIN);
    }
    await provider.check!();
    await provider.unwrap(wrapped, CONTEXT);
  });

  it('SEC16: is what readiness tells of, until somebody can log in again', async () => {
    const health = new Health();
    health.started();
    new ProviderHealth(health, [provider, beside]);
    const told = async () => (await health.ready()).dependencies['key_provider']?.status;
    expect(await told()).toBe('up');
    fs.rmSync(pinFile);
    forget();
    try {
      expect(await told()).toBe('down');
    } finally {
      writePin(PIN);
    }
    expect(await told()).toBe('up');
  });

  it('readiness mends what nobody has used since', async () => {
    forget();
    await provider.check!();
    logOut();
    await provider.check!();
    await provider.wrap(randomBytes(32), CONTEXT);
  });
});
