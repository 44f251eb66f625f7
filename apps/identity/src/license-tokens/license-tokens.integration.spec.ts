import type { IssuedTokens } from '#contracts';
import { IdentityApp, PASSWORD } from '../../test/identity-app.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());
afterEach(() => (app.licensing.away = false));

const token = (issued: IssuedTokens): string => issued.tokens.refresh_token!;

describe('the license token of a refresh', () => {
  const licenseOf = (issued: IssuedTokens) => issued.tokens.license_token;
  const bump = (issued: IssuedTokens, version: number) =>
    app.database.query('UPDATE website_users SET entitlement_version = $2 WHERE id = $1', [
      issued.tokens.user.id,
      version,
    ]);

  it('A-token.license: is the kept one while it says the same and is under a day old', async () => {
    const login = await app.login((await app.register()).tokens.user.username, PASSWORD);
    const asked = app.licensing.asked;
    const second = await app.refresh(token(login));
    expect(licenseOf(second)).toBe(licenseOf(login));
    expect(app.licensing.asked).toBe(asked);
  });

  it('A-refresh: is issued anew when the entitlement has changed or a day has passed', async () => {
    const first = await app.register();
    const second = await app.refresh(token(first));
    app.licensing.version = 1;
    await bump(first, 1);
    const third = await app.refresh(token(second));
    expect(licenseOf(third)).not.toBe(licenseOf(second));
    await app.database.query(`UPDATE license_tokens SET issued_at = now() - interval '25 hours'`);
    expect(licenseOf(await app.refresh(token(third)))).not.toBe(licenseOf(third));
    app.licensing.version = 0;
  });

  it('REL9: when licensing is away the refresh succeeds with the kept token, but never with an outdated statement', async () => {
    const first = await app.register();
    const second = await app.refresh(token(first));
    app.licensing.away = true;
    await app.database.query(`UPDATE license_tokens SET issued_at = now() - interval '25 hours'`);
    const third = await app.refresh(token(second));
    expect(licenseOf(third)).toBe(licenseOf(second));
    await bump(first, 7);
    expect(licenseOf(await app.refresh(token(third)))).toBeUndefined();
  });

  it('B-contracts: a client whose policy has none is not given one, and licensing is not asked', async () => {
    const first = await app.register({ client_id: 'web' });
    const asked = app.licensing.asked;
    const second = await app.refresh(token(first));
    expect([licenseOf(first), licenseOf(second)]).toEqual([undefined, undefined]);
    expect(app.licensing.asked).toBe(asked);
  });
});
