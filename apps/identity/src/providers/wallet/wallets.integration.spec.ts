import { secp256k1 } from '@noble/curves/secp256k1.js';
import { LinkWallet, ListIdentities, LoginWithWallet, StartWallet, StartWalletLink, type SignedIn } from '#contracts';
import { Wallet } from '../../../../../test/support/wallet.js';
import { actorOf, IdentityApp, issuedOf, outcome, parallel } from '../../../test/identity-app.js';
import { configFor } from '../../../test/provider-browser.js';
import { checksummed } from './wallet.rules.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start(configFor('http://127.0.0.1:9'));
});
afterAll(() => app?.stop());

const client_id = 'tachigo-dashboard';
const messageFor = async (wallet: Wallet, more: object = {}): Promise<string> =>
  (await app.ask(StartWallet, { address: wallet.address, client_id, ...more })).message;
const login = (message: string, signature: string, more: object = {}): Promise<SignedIn> =>
  app.ask(LoginWithWallet, { message, signature, client_id, ...more });

describe('signing in with a wallet', () => {
  it('B-providers: the message is as EIP-4361 says', async () => {
    const wallet = new Wallet();
    const message = await messageFor(wallet, { origin: 'https://dashboard.tachigo.example' });
    expect(message).toMatch(
      new RegExp(
        `^dashboard\\.tachigo\\.example wants you to sign in with your Ethereum account:\n${checksummed(wallet.address)}\n\n` +
          '[^\n]+\n\nURI: https://dashboard\\.tachigo\\.example\nVersion: 1\nChain ID: 1\nNonce: [0-9a-f]{32}\n' +
          'Issued At: [0-9T:.-]+Z\nExpiration Time: [0-9T:.-]+Z$',
      ),
    );
    const [issued, ends] = [...message.matchAll(/(?:At|Time): (.+)/g)].map((m) => Date.parse(m[1]!));
    expect(ends! - issued!).toBe(5 * 60_000);
  });

  it('B-providers: whoever signs it gets an account without an address, and the same one the next time', async () => {
    const wallet = new Wallet();
    const first = issuedOf(await signIn(wallet));
    expect(first.tokens.user).toMatchObject({ email: null, username: expect.stringMatching(/^wallet-[0-9a-f]{8}$/) });
    expect(first.client_id).toBe(client_id);
    expect(issuedOf(await signIn(wallet, 0)).tokens.user.id).toBe(first.tokens.user.id);
  });
  const signIn = async (wallet: Wallet, v = 27): Promise<SignedIn> => {
    const message = await messageFor(wallet);
    return login(message, wallet.sign(message, v));
  };

  it('R-OC8: a signed message counts once of fifty', async () => {
    const wallet = new Wallet();
    const message = await messageFor(wallet);
    const signature = wallet.sign(message);
    const ends = await parallel(50, () => outcome(login(message, signature)));
    expect(ends.filter((end) => end === 'ok')).toHaveLength(1);
    expect(ends.filter((end) => end === 'wallet_proof_invalid')).toHaveLength(49);
  });

  it('R-OC8: two messages signed at once make one account', async () => {
    const wallet = new Wallet();
    const ends = await parallel(4, () => signIn(wallet));
    expect(new Set(ends.map((end) => issuedOf(end).tokens.user.id)).size).toBe(1);
  });

  it('a message is over after five minutes', async () => {
    const wallet = new Wallet();
    const message = await messageFor(wallet);
    await app.database.query('UPDATE wallet_challenges SET expires_at = now() WHERE address = $1', [wallet.address]);
    expect(await outcome(login(message, wallet.sign(message)))).toBe('wallet_proof_invalid');
  });

  it.each<[string, (message: string) => string]>([
    ['another domain', (m) => m.replace('accounts.example.test wants', 'evil.example wants')],
    ['another URI', (m) => m.replace('URI: https://accounts.example.test', 'URI: https://evil.example')],
    ['another chain', (m) => m.replace('Chain ID: 1', 'Chain ID: 137')],
    ['a later end', (m) => m.replace(/Expiration Time: \d{4}/, 'Expiration Time: 2999')],
    ['another nonce', (m) => m.replace(/Nonce: .{8}/, 'Nonce: 00000000')],
    ['one more line', (m) => `${m}\nRequest ID: 1`],
    ['one blank more', (m) => `${m} `],
    ['nothing of ours', () => 'sign me'],
  ])('a message with %s is refused though the wallet has signed it', async (_what, change) => {
    const wallet = new Wallet();
    const message = change(await messageFor(wallet));
    expect(await outcome(login(message, wallet.sign(message)))).toBe('wallet_proof_invalid');
  });

  it('a signature of another wallet, of another text, or of no curve is refused', async () => {
    const [wallet, other] = [new Wallet(), new Wallet()];
    const message = await messageFor(wallet);
    const zero = `0x${'0'.repeat(128)}1b`;
    for (const signature of [other.sign(message), wallet.sign(`${message}x`), zero, wallet.sign(message, 40)]) {
      expect(await outcome(login(message, signature))).toBe('wallet_proof_invalid');
    }
    expect(await outcome(login(message, wallet.sign(message)))).toBe('ok');
  });

  it('the mirrored signature, which the curve allows too, is refused', async () => {
    const wallet = new Wallet();
    const message = await messageFor(wallet);
    const bytes = Buffer.from(wallet.sign(message).slice(2), 'hex');
    const n = secp256k1.Point.Fn.ORDER;
    const s = n - BigInt(`0x${bytes.subarray(32, 64).toString('hex')}`);
    const mirrored = `0x${bytes.subarray(0, 32).toString('hex')}${s.toString(16).padStart(64, '0')}${(55 - bytes[64]!).toString(16)}`;
    expect(await outcome(login(message, mirrored))).toBe('wallet_proof_invalid');
  });

  it('a message for one client opens no session of another', async () => {
    const wallet = new Wallet();
    const message = await messageFor(wallet);
    expect(await outcome(login(message, wallet.sign(message), { client_id: 'web' }))).toBe('wallet_proof_invalid');
    expect(await outcome(app.ask(StartWallet, { address: wallet.address, client_id: 'branchpy-cli' }))).toBe(
      'grant_not_allowed',
    );
  });
});

describe('linking a wallet', () => {
  it('R-LK7: a message for a link signs nobody in, one for a sign-in links nothing, and each is its person’s', async () => {
    const [who, other, wallet] = [await app.register(), await app.register(), new Wallet()];
    await app.database.query('UPDATE website_users SET email_verified_at = now()');
    const [actor, stranger] = [actorOf(who), actorOf(other)];
    const { address } = wallet;
    const { message } = await app.ask(StartWalletLink, { address }, { actor });
    const signature = wallet.sign(message);
    expect(await outcome(login(message, signature, { client_id: 'branchpy-cli' }))).toBe('grant_not_allowed');
    expect(await outcome(login(message, signature))).toBe('wallet_proof_invalid');
    const forLogin = await messageFor(wallet);
    const answer = { message: forLogin, signature: wallet.sign(forLogin) };
    expect(await outcome(app.ask(LinkWallet, answer, { actor }))).toBe('wallet_proof_invalid');
    expect(await outcome(app.ask(LinkWallet, { message, signature }, { actor: stranger }))).toBe(
      'wallet_proof_invalid',
    );
    const linked = await app.ask(LinkWallet, { message, signature }, { actor });
    expect(linked).toMatchObject({ provider: 'wallet', label: checksummed(address) });
    expect((await app.ask(ListIdentities, {}, { actor })).identities).toEqual([linked]);
    const again = await messageFor(wallet);
    expect(issuedOf(await login(again, wallet.sign(again))).tokens.user.id).toBe(who.tokens.user.id);
  });
});
