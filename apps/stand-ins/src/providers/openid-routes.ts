import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { StandInRoutes } from '../http/http-stand-in.js';
import type { Desk, Issued } from './desk.js';
import { authorize, redeem } from './oauth-desk.js';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Keys of the OpenID providers: one that is published, and one of a stranger. */
export class OpenIdKeys {
  private constructor(
    private readonly own: CryptoKey,
    private readonly foreign: CryptoKey,
    readonly published: JWK,
  ) {}

  static async make(): Promise<OpenIdKeys> {
    const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    const jwk = await exportJWK(own.publicKey);
    return new OpenIdKeys(own.privateKey, foreign.privateKey, { ...jwk, kid: 'k1', alg: 'RS256', use: 'sig' });
  }

  async sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}, foreign = false): Promise<string> {
    const whole = { alg: 'RS256', kid: 'k1', typ: 'JWT', ...header };
    if (whole.alg === 'none') return `${encoded(whole)}.${encoded(claims)}.`;
    return new SignJWT(claims).setProtectedHeader({ ...whole, alg: 'RS256' }).sign(foreign ? this.foreign : this.own);
  }
}

/** Where an OpenID provider keeps its endpoints. */
export interface OpenIdPlace {
  provider: 'google' | 'twitch';
  /** Its issuer and the beginning of every path. */
  issuer: () => string;
  token: string;
  jwks: string;
}

/** Google and Twitch: OpenID Connect, as far as a sign-in needs it. */
export function openIdRoutes(
  desk: Desk,
  keys: OpenIdKeys,
  { provider, issuer, token, jwks }: OpenIdPlace,
): StandInRoutes {
  const idTokenOf = ({ person, client_id, nonce }: Issued): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    const { claims, header, foreign_key } = desk.troubles.get(provider) ?? {};
    const about = {
      ...{ iss: issuer(), sub: person.id, aud: client_id, azp: client_id, iat: now, exp: now + 3_600 },
      ...(nonce === null ? {} : { nonce }),
      ...(person.email === null ? {} : { email: person.email, email_verified: person.email_verified }),
      ...{ name: person.name, preferred_username: person.login },
      ...claims,
    };
    const said = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== null));
    return keys.sign(said, header, foreign_key);
  };
  return {
    [`GET /${provider}/authorize`]: (request) => authorize(desk, provider, request),
    [`POST /${provider}/${token}`]: (request) =>
      desk.answer(provider, 'token', async () => {
        const issued = redeem(desk, provider, request);
        if (!issued) return { status: 400, json: { error: 'invalid_grant' } };
        return { json: { access_token: 'unused', token_type: 'bearer', id_token: await idTokenOf(issued) } };
      }),
    [`GET /${provider}/${jwks}`]: () => desk.answer(provider, 'keys', () => ({ json: { keys: [keys.published] } })),
  };
}
