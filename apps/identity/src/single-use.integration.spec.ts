import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Type } from '@nestjs/common';
import type { IssuedTokens } from '#contracts';
import { newId } from '#persistence';
import { actorOf, IdentityApp, parallel } from '../test/identity-app.js';
import { AuthorizationCodesRepository } from './authorization/authorization-codes.repository.js';
import { AuthorizationRequestsRepository } from './authorization/authorization-requests.repository.js';
import { DeviceRequestsRepository } from './device-flow/device-requests.repository.js';
import { OneTimeTokensRepository } from './email/one-time-tokens.repository.js';
import { RegistrationsRepository } from './email/registrations.repository.js';
import { ActionGrantsRepository } from './grants/action-grants.repository.js';
import { MfaChallengesRepository } from './mfa/mfa-challenges.repository.js';
import { RecoveryCodesRepository } from './mfa/recovery-codes.repository.js';
import { TotpFactorsRepository } from './mfa/totp-factors.repository.js';
import { PairingCodesRepository } from './pairing/pairing-codes.repository.js';
import { PasskeyCeremoniesRepository } from './passkeys/passkey-ceremonies.repository.js';
import { AttemptsRepository } from './providers/attempts.repository.js';
import { SpentNoncesRepository } from './providers/spent-nonces.repository.js';
import { WalletChallengesRepository } from './providers/wallet/wallet-challenges.repository.js';
import { RecoveryRequestsRepository } from './recovery/recovery-requests.repository.js';

let app: IdentityApp;
let issued: IssuedTokens;
beforeAll(async () => {
  app = await IdentityApp.start();
  issued = await app.register();
});
afterAll(() => app?.stop());

const get = <T>(type: Type<T>): T => app.get(type);
const later = () => new Date(Date.now() + 60_000);
const hash = () => randomBytes(32);
const me = () => issued.tokens.user.id;

/** Makes one of a kind, and gives what uses it up: something or `true` for the one who got it. */
const KINDS: Record<string, () => Promise<() => Promise<unknown>>> = {
  'authorization-codes.consume': async () => {
    const code = {
      ...{ code_hash: hash(), client_id: 'web', user_id: me(), redirect_uri: 'https://a.example', nonce: null },
      ...{ code_challenge: 'x', scopes: ['openid'], amr: ['pwd'], auth_time: new Date(), expires_at: later() },
    };
    await get(AuthorizationCodesRepository).add(code);
    return () => get(AuthorizationCodesRepository).consume(code.code_hash, newId());
  },
  'authorization-requests.consume': async () => {
    const { id } = await get(AuthorizationRequestsRepository).open({ client_id: 'web' } as never, new Date());
    return () => get(AuthorizationRequestsRepository).consume(id);
  },
  'device-requests.redeem': async () => {
    const [row] = await app.database.query<{ id: string }>(
      `INSERT INTO device_requests (device_code_hash, user_code_hash, client_id, status, user_id, poll_interval, expires_at)
       VALUES ($1, $2, 'branchpy-cli', 'approved', $3, 5, $4) RETURNING id`,
      [hash(), hash(), me(), later()],
    );
    return () => get(DeviceRequestsRepository).redeem(row!.id);
  },
  'one-time-tokens.consume': async () => {
    const token = { id: newId(), kind: 'verify_email' as const, token_hash: hash(), expires_at: later() };
    await get(OneTimeTokensRepository).add({ ...token, user_id: me(), email: 'a@example.test' } as never);
    return () => get(OneTimeTokensRepository).consume(token.id, token.kind, token.token_hash);
  },
  'registrations.consume': async () => {
    const wanted = { id: newId(), email: 'b@example.test', username: 'b', password_hash: null, client_id: 'web' };
    const token_hash = hash();
    await get(RegistrationsRepository).add({ ...wanted, token_hash, expires_at: later() });
    return () => get(RegistrationsRepository).consume(wanted.id, token_hash);
  },
  'action-grants.take': async () => {
    const [grant, scope] = [hash(), { actor: actorOf(issued), action: 'reveal_stream_key' as never, record: newId() }];
    await get(ActionGrantsRepository).add(grant, scope, 60);
    return () => get(ActionGrantsRepository).take(grant, scope);
  },
  'mfa-challenges.consume': async () => {
    const token = hash();
    const pending = { user_id: me(), client_id: 'web', grant_name: 'password' as const, amr: ['pwd'] };
    await get(MfaChallengesRepository).open(token, {
      ...pending,
      device_id: null,
      scopes: null,
      credential_version: null,
    });
    return () => get(MfaChallengesRepository).consume(token);
  },
  'recovery-codes.consume': async () => {
    const code = hash();
    await app.transactions.run(() => get(RecoveryCodesRepository).replace(me(), [code]));
    return () => get(RecoveryCodesRepository).consume(me(), code);
  },
  'totp-factors.takeStep': async () => {
    await app.database.query(`INSERT INTO totp_factors (user_id, sealed_secret, enabled_at) VALUES ($1, 'x', now())`, [
      me(),
    ]);
    return () => get(TotpFactorsRepository).takeStep(me(), 1_000);
  },
  'pairing-codes.consume': async () => {
    const code = hash();
    await get(PairingCodesRepository).put(me(), code, 60);
    return () => get(PairingCodesRepository).consume(code, me());
  },
  'passkey-ceremonies.consume': async () => {
    const id = await get(PasskeyCeremoniesRepository).open('sign_in', 'challenge', 'web');
    return () => get(PasskeyCeremoniesRepository).consume(id, 'sign_in', 'web');
  },
  'attempts.consume': async () => {
    const keys = { state_hash: hash(), browser_hash: hash(), provider: 'github' as const };
    const rest = { client_id: 'web', return_to: 'https://a.example', register: true, user_id: null, session_id: null };
    await get(AttemptsRepository).add({ ...keys, ...rest, expires_at: later() });
    return () => get(AttemptsRepository).consume(keys);
  },
  'spent-nonces.spend': async () => {
    const nonce = newId();
    return () => get(SpentNoncesRepository).spend(nonce, later());
  },
  'wallet-challenges.consume': async () => {
    const challenge = { nonce_hash: hash(), message_hash: hash(), address: '0xa', client_id: 'web', user_id: null };
    await get(WalletChallengesRepository).add({ ...challenge, expires_at: later() });
    return () => get(WalletChallengesRepository).consume(challenge);
  },
  'recovery-requests.take': async () => {
    const id = newId();
    await get(RecoveryRequestsRepository).add(id, 'c@example.test');
    return () => get(RecoveryRequestsRepository).take(id);
  },
};

/** Counters: what they spend is a try of several, and their own specs race them. */
const COUNTERS = ['code-guesses.spend', 'guess-budgets.spend'];

/** Every method of a repository whose name says that something is used up. */
function singleUseMethods(): string[] {
  const files = fs.readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.repository.ts'))
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(__dirname, file), 'utf8');
      const methods = [...text.matchAll(/^ {2}async (consume|redeem|spend|take(?:[A-Z]\w*)?)\(/gm)].map(
        (match) => match[1]!,
      );
      return methods.map((method) => `${path.basename(file, '.repository.ts')}.${method}`);
    });
}

describe('what may be used once', () => {
  it('H3 H4: is raced below, all of it that the code has', () => {
    expect(
      singleUseMethods()
        .filter((method) => !COUNTERS.includes(method))
        .sort(),
    ).toEqual(Object.keys(KINDS).sort());
  });

  it.each(Object.keys(KINDS))('H3 H4: %s has one winner of fifty', async (kind) => {
    const use = await KINDS[kind]!();
    const got = await parallel(50, () => use());
    expect(got.filter(Boolean)).toHaveLength(1);
    expect(await use()).toBeFalsy();
  });
});
