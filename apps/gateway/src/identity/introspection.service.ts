import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier, ANY_SCOPE, DeviceSightings, type VerifiedToken } from '#access-tokens';
import { ClientAuthenticationFailed, Refusal } from '#contracts';
import { bearerOf } from '../access/access-guard.js';
import { GatewayConfig } from '../gateway.config.js';
import {
  byAudience,
  byClient,
  introspectionOf,
  type Introspection,
  type IntrospectionForm,
  type MayKnow,
} from './introspection.rules.js';
import { OAuthParties } from './oauth-parties.js';
import { clientOf } from './oauth.rules.js';

/** Tells servers about tokens that they were shown (RFC 7662), of which each learns its own only (R-AS7). */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly config: GatewayConfig,
    private readonly parties: OAuthParties,
    private readonly verifier: AccessTokenVerifier,
    private readonly sightings: DeviceSightings,
  ) {}

  /** @throws Refusal `client_authentication_failed` */
  async introspect(form: IntrospectionForm, request: FastifyRequest): Promise<Introspection> {
    const mayKnow = await this.asker(form, request);
    const token = await this.good(form.token);
    if (!token || !mayKnow(token)) return { active: false };
    this.sightings.note(token);
    return introspectionOf(token, this.config.publicUrl);
  }

  /** An internal caller by its secret or its service token, or a confidential client by its secret. */
  private async asker(form: IntrospectionForm, request: FastifyRequest): Promise<MayKnow> {
    const bearer = bearerOf(request);
    if (bearer !== undefined) return this.service(bearer);
    const { client_id = '', client_secret } = clientOf(request.headers.authorization, form);
    if (!client_secret) throw ClientAuthenticationFailed.with('Introspection needs a client with a secret.');
    const { callers, applications } = this.parties;
    if (callers.has(client_id)) {
      if (!callers.isSecretOf(client_id, client_secret)) throw ClientAuthenticationFailed.with();
      return byAudience(callers.scopesOf(client_id));
    }
    const { confidential } = await applications.prove(request, client_id, client_secret);
    if (!confidential) throw ClientAuthenticationFailed.with();
    return byClient(client_id);
  }

  /** What was taken from the caller's list since its token was made is taken from the token, too. */
  private async service(bearer: string): Promise<MayKnow> {
    const token = await this.orNothing(this.verifier.verifyService(bearer));
    if (!token) throw ClientAuthenticationFailed.with();
    const still = this.parties.callers.scopesOf(token.sub);
    return byAudience(token.scopes.filter((scope) => still.includes(scope)));
  }

  private good(token: string): Promise<VerifiedToken | undefined> {
    return this.orNothing(this.verifier.verifyBearer(token, ANY_SCOPE));
  }

  private orNothing(verifying: Promise<VerifiedToken>): Promise<VerifiedToken | undefined> {
    return verifying.catch((error: unknown) => {
      if (error instanceof Refusal && error.kind === 'unauthenticated') return undefined;
      throw error;
    });
  }
}
