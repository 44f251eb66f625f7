import { randomBytes } from 'node:crypto';
import type { StandInAnswer } from '../http/http-stand-in.js';
import { personOf, PROVIDERS, type Person, type Provider } from './person.js';

/** How a provider misbehaves: no answer, another status, a body of that many bytes, changes of what an ID token says. */
export interface Trouble {
  hang?: boolean;
  status?: number;
  bytes?: number;
  claims?: Record<string, unknown>;
  /** Members of the ID token’s header; `alg: none` leaves the signature out. */
  header?: Record<string, unknown>;
  /** Sign with a key that is not published. */
  foreign_key?: boolean;
}

/** What a code stands for, until it is exchanged. */
export interface Issued {
  provider: Provider;
  person: Person;
  client_id: string;
  redirect_uri: string;
  code_challenge: string | null;
  nonce: string | null;
}

/** What an application is registered with, at every provider alike. */
export interface Registration {
  client_id: string;
  client_secret: string;
}

/** Who sits at which provider, which codes are out, and what is wrong today. */
export class Desk {
  private readonly people = new Map<Provider, Person>(PROVIDERS.map((p) => [p, personOf(p, {})]));
  private readonly codes = new Map<string, Issued>();
  readonly troubles = new Map<Provider, Trouble>();
  /** Requests to token, key, user and verification endpoints, oldest first. */
  readonly asked: { provider: Provider; path: string }[] = [];

  constructor(readonly registration: Registration) {}

  /** @returns the people who sit at the providers that were named, or at all */
  seat(body: Record<string, unknown>): Partial<Record<Provider, Person>> {
    const chosen = PROVIDERS.filter((p) => body['provider'] === undefined || body['provider'] === p);
    for (const provider of chosen) this.people.set(provider, personOf(provider, body));
    return Object.fromEntries(chosen.map((p) => [p, this.people.get(p)!]));
  }

  person(provider: Provider): Person {
    return this.people.get(provider)!;
  }

  give(issued: Issued): string {
    const code = randomBytes(16).toString('hex');
    this.codes.set(code, issued);
    return code;
  }

  /** What a code stands for; once. */
  take(code: string): Issued | undefined {
    const issued = this.codes.get(code);
    this.codes.delete(code);
    return issued;
  }

  /** The answer, unless something is wrong with the provider. */
  async answer(provider: Provider, path: string, work: () => StandInAnswer | Promise<StandInAnswer>) {
    this.asked.push({ provider, path });
    const { hang, status, bytes } = this.troubles.get(provider) ?? {};
    if (hang) return { hang };
    if (status) return { status, json: { error: 'server_error' } };
    if (bytes) return { content: JSON.stringify({ access_token: 'x'.repeat(bytes) }) };
    return work();
  }
}
