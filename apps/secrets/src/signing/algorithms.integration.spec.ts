import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import type { Bus } from '#bus';
import { ClaimsRefused, ListPublicKeys, SIGNING_ALGS, SignToken, type SignTokenRequest } from '#contracts';
import { accessClaims, ISSUER, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';

describe('algorithms by client', () => {
  let world: SecretsWorld;
  let identity: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    await world.replica();
    identity = await world.bus('identity');
  }, 60_000);
  afterAll(() => world?.end());

  const jwks = async (purpose: string) =>
    createLocalJWKSet({
      keys: (await identity.send(ListPublicKeys, {})).keys
        .filter((k) => k.purpose === purpose)
        .map((k) => k.jwk as unknown as JWK),
    });
  const sign = (request: SignTokenRequest) => identity.send(SignToken, request);
  const idClaims = (more: object = {}) => {
    const { client_id: _client, roles: _roles, ...claims } = accessClaims();
    return { ...claims, aud: 'some-app', acr: 'urn:gatehouse:acr:single', nonce: 'n', ...more };
  };

  it.each(SIGNING_ALGS)('R-JW1 R-JW7: %s access tokens verify with their own key and no other', async (alg) => {
    const { token } = await sign({ purpose: 'access', alg, claims: accessClaims() });
    const options = { issuer: ISSUER, typ: 'at+jwt' };
    const { protectedHeader } = await jwtVerify(token, await jwks('access'), { ...options, algorithms: [alg] });
    expect(protectedHeader.alg).toBe(alg);
    const others = SIGNING_ALGS.filter((other) => other !== alg);
    await expect(jwtVerify(token, await jwks('access'), { ...options, algorithms: others })).rejects.toThrow();
  });

  it.each(SIGNING_ALGS)('R-JW2: %s ID tokens have keys and a type of their own', async (alg) => {
    const { token } = await sign({ purpose: 'id_token', alg, claims: idClaims() });
    await jwtVerify(token, await jwks('id_token'), { issuer: ISSUER, audience: 'some-app', typ: 'JWT' });
    await expect(jwtVerify(token, await jwks('access'))).rejects.toThrow();
    await expect(jwtVerify(token, await jwks('id_token'), { typ: 'at+jwt' })).rejects.toThrow();
  });

  it('SEC13: an ID token for internal callers, of too long a life or with more to say is refused', async () => {
    const refused = { code: ClaimsRefused.code };
    const iat = Math.floor(Date.now() / 1000);
    for (const more of [{ aud: 'gatehouse-internal' }, { exp: iat + 86_400 }, { email: 'ada@example.com' }]) {
      await expect(sign({ purpose: 'id_token', claims: idClaims(more) })).rejects.toMatchObject(refused);
    }
  });

  it('R-JW7: a purpose without keys of an algorithm signs nothing with it', async () => {
    const licensing = await world.bus('licensing');
    const request = { purpose: 'license_token', alg: 'ES256', claims: accessClaims() } as const;
    await expect(licensing.send(SignToken, request)).rejects.toMatchObject({ code: ClaimsRefused.code });
  });
});
