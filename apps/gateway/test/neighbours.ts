import { randomUUID } from 'node:crypto';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  allCommands,
  ListClients,
  ListProviders,
  ListPublicKeys,
  ListRevocations,
  ListRoles,
  Login,
  Logout,
  parse,
  PERMISSIONS,
  Refusal,
  RefreshSession,
  RegisterUser,
  RevokeSession,
  RevokeToken,
  type Actor,
  type AppName,
  type ClientPolicy,
  type Command,
  type IssuedTokens,
  type Role,
} from '#contracts';
import type { TestBroker } from '../../../test/support/index.js';
import type { Issuer } from './issuer.js';

export interface Asked<Req = Record<string, unknown>> {
  command: string;
  input: Req;
  actor?: Actor;
  origin?: { ip?: string; user_agent?: string };
}

type Answering = (asked: Asked<never>) => object | Promise<object>;

const SERVICES: AppName[] = ['identity', 'licensing', 'fulfillment', 'realtime', 'secrets'];

const policy = (own: Partial<ClientPolicy> & { client_id: string }): ClientPolicy => ({
  name: own.client_id,
  version: 1,
  audience: ['branchpy-api'],
  access_ttl: 900,
  refresh_ttl: 86_400,
  refresh_idle_ttl: 86_400,
  delivery: 'body',
  cookie_name: null,
  cookie_domain: null,
  cookie_same_site: 'Lax',
  body_fallback: 'on',
  license_token_ttl: 0,
  origins: [],
  redirects: [],
  grants: ['password', 'refresh'],
  registration: 'immediate',
  signing_alg: 'RS256',
  confidential: false,
  first_party: false,
  scopes: [],
  post_logout_redirects: [],
  ...own,
});

const dashboard = { delivery: 'cookie' as const, cookie_name: 'dash', origins: ['https://dashboard.example'] };

export const POLICIES: ClientPolicy[] = [
  policy({ client_id: 'branchpy-cli' }),
  policy({ client_id: 'dashboard', ...dashboard, origins: [...dashboard.origins, 'https://*.app.github.dev'] }),
  policy({ client_id: 'strict-dashboard', ...dashboard, cookie_name: 'strict', body_fallback: 'off', origins: [] }),
  policy({
    client_id: 'hub',
    ...dashboard,
    cookie_name: 'hub',
    cookie_domain: 'example.com',
    origins: [...dashboard.origins, 'https://*.example.com'],
    cookie_same_site: 'None',
  }),
  policy({ client_id: 'web', delivery: 'cookie', cookie_name: 'pages', body_fallback: 'off' }),
  policy({
    client_id: 'shop',
    redirects: ['https://shop.example/cb'],
    post_logout_redirects: ['https://shop.example/bye'],
    grants: ['authorization_code', 'refresh'],
    scopes: ['openid', 'profile', 'offline_access'],
    origins: ['https://shop.example'],
  }),
  policy({ client_id: 'extension', delivery: 'none', grants: ['extension'] }),
];

/** One role with all permissions, one with two. */
export const ROLES: Role[] = [
  { name: 'admin', description: 'All.', permissions: [...PERMISSIONS] },
  { name: 'support', description: 'Some.', permissions: ['users.read', 'sessions.end'] },
];

/** What identity gives for a sign-in: a token set whose refresh token names its client, so that it can be read back. */
export function issued(client_id = 'branchpy-cli'): IssuedTokens {
  const now = new Date().toISOString();
  return {
    client_id,
    session_id: randomUUID(),
    refresh_expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    tokens: {
      access_token: 'access',
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: `refresh-of-${client_id}`,
      user: {
        id: randomUUID(),
        email: 'a@example.com',
        email_verified: false,
        username: 'ada',
        display_name: null,
        avatar_url: null,
        bio: null,
        status: 'online',
        roles: ['player'],
        is_admin: false,
        is_active: true,
        plan: 'free',
        plan_expires_at: null,
        created_at: now,
        last_login: now,
      },
    },
  };
}

/** The services behind the gateway, faked at the bus by contract: they check what they are asked as real ones do. */
export class Neighbours {
  readonly asked: Asked[] = [];
  private readonly answers = new Map<string, Answering>();
  private connections: NatsConnection[] = [];

  constructor(
    private readonly broker: TestBroker,
    private readonly issuer: Issuer,
  ) {
    this.forget();
  }

  /** Connects each service as its own bus user. */
  async start(): Promise<void> {
    for (const service of SERVICES) {
      const nc = await connect({
        ...this.broker.connectionOptions(service),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 50,
      });
      this.connections.push(nc);
      for (const command of allCommands().filter((c) => c.service === service && c.callers.includes('gateway'))) {
        nc.subscribe(`cmd.*.${command.name}`, {
          queue: service,
          callback: (_error, message) => {
            void this.answer(command, message.json()).then((body) => message.respond(JSON.stringify(body)));
          },
        });
      }
      await nc.flush();
    }
  }

  /** What a command is answered with, until {@link forget}. */
  on<Req extends object, Res extends object>(command: Command<Req, Res>, answer: (asked: Asked<Req>) => Res): void {
    this.answers.set(command.name, answer as unknown as Answering);
  }

  /** Back to answers that are always content. */
  forget(): void {
    this.asked.length = 0;
    this.answers.clear();
    this.on(ListPublicKeys, () => ({ keys: this.issuer.keys() }));
    this.on(ListClients, () => ({ default_client_id: 'branchpy-cli', clients: POLICIES }));
    this.on(ListRevocations, () => ({ revocations: [] }));
    this.on(ListRoles, () => ({ roles: ROLES }));
    this.on(ListProviders, () => ({ providers: [] }));
    this.on(Login, ({ input }) => ({ issued: issued(input.client_id) }));
    this.on(RegisterUser, ({ input }) => ({ issued: issued(input.client_id) }));
    this.on(RefreshSession, ({ input }) => issued(/^refresh-of-(.+)$/.exec(input.refresh_token)?.[1]));
    this.on(Logout, ({ actor }) => ({ session_ids: actor?.kind === 'user' ? [actor.session_id] : [] }));
    this.on(RevokeToken, ({ input }) => ({ session_ids: input.session_id ? [input.session_id] : [] }));
    this.on(RevokeSession, ({ input }) => ({ session_ids: [input.session_id] }));
  }

  /** The last time that this command was asked for. */
  last<Req extends object>(command: Command<Req, object>): Asked<Req> | undefined {
    return this.asked.findLast((a) => a.command === command.name) as Asked<Req> | undefined;
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((nc) => nc.close()));
  }

  private async answer(command: Command, asked: Omit<Asked, 'command'>): Promise<object> {
    this.asked.push({ ...asked, command: command.name });
    try {
      const input = parse(command.request, asked.input) as never;
      return { ok: (await this.answers.get(command.name)?.({ ...asked, command: command.name, input })) ?? {} };
    } catch (error) {
      if (error instanceof Refusal) return { error: error.toWire() };
      return { error: { code: 'internal', kind: 'internal', title: `secret detail: ${String(error)}` } };
    }
  }
}
