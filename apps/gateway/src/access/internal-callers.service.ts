import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier } from '#access-tokens';
import { SharedStore } from '#bus';
import { InvalidToken, Unauthenticated, type CallerActor } from '#contracts';
import { rawBodyOf } from '../edge/bodies.js';
import { CallerRegistry } from './caller-registry.js';
import { isTimely, readSignature, signatureHolds } from './signature.rules.js';

const SIGNATURES_BUCKET = 'signatures';

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

/** Finds out which internal caller a request is from, by any of the three forms (D-internal-auth). */
@Injectable()
export class InternalCallersService {
  constructor(
    private readonly callers: CallerRegistry,
    private readonly verifier: AccessTokenVerifier,
    private readonly store: SharedStore,
  ) {}

  /** @throws Refusal `unauthenticated`, `invalid_token` */
  async authenticate(request: FastifyRequest): Promise<CallerActor> {
    const secret = one(request.headers['x-internal-secret']);
    if (secret !== undefined) return this.bySecret(secret);
    const signature = one(request.headers['x-internal-signature']);
    if (signature !== undefined) return this.bySignature(signature, request);
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token) return this.byToken(token);
    throw Unauthenticated.with('Send X-Internal-Secret, X-Internal-Signature or a service token.');
  }

  /** A caller with all its scopes, by name and secret. @throws Refusal `unauthenticated` */
  bySecret(credential: string): CallerActor {
    const [name = '', ...rest] = credential.split('.');
    if (!this.callers.isSecretOf(name, rest.join('.'))) throw Unauthenticated.with('The secret is wrong.');
    return this.actor(name);
  }

  private async bySignature(header: string, request: FastifyRequest): Promise<CallerActor> {
    const signature = readSignature(header);
    if (!signature) throw Unauthenticated.with('X-Internal-Signature is not of the form t=…,caller=…,v1=….');
    const signed = { method: request.method, path: request.originalUrl, body: rawBodyOf(request) };
    if (!signatureHolds(signature, this.callers.secretsOf(signature.caller), signed)) {
      throw Unauthenticated.with('The signature is wrong.');
    }
    if (!isTimely(signature, Date.now() / 1000)) throw Unauthenticated.with('The signature is too old or too new.');
    // Taken by the first replica that sees it; a later copy of the request is refused by all of them.
    const seen = createHash('sha256').update(`${signature.caller}.${signature.v1}`).digest('base64url');
    if (!(await this.store.take(SIGNATURES_BUCKET, seen))) throw Unauthenticated.with('The signature was used before.');
    return this.actor(signature.caller);
  }

  private async byToken(token: string): Promise<CallerActor> {
    const { sub, scopes } = await this.verifier.verifyService(token);
    // What was taken from the caller's list since the token was made is taken from the token too.
    const still = this.callers.scopesOf(sub);
    if (!this.callers.has(sub)) throw InvalidToken.with();
    return { kind: 'caller', caller: sub, scopes: scopes.filter((s) => still.includes(s)) };
  }

  private actor(name: string): CallerActor {
    return { kind: 'caller', caller: name, scopes: [...this.callers.scopesOf(name)] };
  }
}
