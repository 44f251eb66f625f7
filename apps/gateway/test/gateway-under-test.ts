import fs from 'node:fs';
import path from 'node:path';
import { Log, readConfig } from '#boot';
import { allCommands } from '#contracts';
import { testBroker, testDir, type TestBroker } from '../../../test/support/index.js';
import { startGateway, type Gateway } from '../src/gateway.js';
import { GatewayConfig } from '../src/gateway.config.js';
import { Issuer } from './issuer.js';
import { Neighbours } from './neighbours.js';

export const PUBLIC_URL = 'https://gatehouse.test';

const INTERNAL = 'internal:';

/** Every scope that a command asks for. */
const ALL_SCOPES = [
  ...allCommands().flatMap(({ permission }) =>
    permission.startsWith(INTERNAL) ? [permission.slice(INTERNAL.length)] : [],
  ),
  'introspect.branchpy-api',
];

export const SECRETS = {
  root: 'root-secret-of-forty-characters-0123456789',
  billing: 'billing-secret-of-forty-characters-01234567',
};

function callerFiles(): { callers: string; secrets: string } {
  const dir = testDir('callers');
  const callers = path.join(dir, 'callers.yaml');
  const secrets = path.join(dir, 'secrets.json');
  const scopes = { root: { scopes: ALL_SCOPES }, billing: { scopes: ['billing.plan_changes'] } };
  fs.writeFileSync(callers, JSON.stringify({ callers: scopes }));
  fs.writeFileSync(
    secrets,
    JSON.stringify({ ...SECRETS, root: [SECRETS.root, 'the-secret-before-of-forty-characters-012'] }),
  );
  return { callers, secrets };
}

/** A broker, the services behind, and any number of gateways in front of them. */
export class Edge {
  readonly lines: string[] = [];
  private readonly gateways: Gateway[] = [];
  private readonly files = callerFiles();
  private brokerLost = false;

  private constructor(
    readonly broker: TestBroker,
    readonly issuer: Issuer,
    readonly neighbours: Neighbours,
  ) {}

  static async start(): Promise<Edge> {
    const broker = await testBroker();
    const issuer = new Issuer(PUBLIC_URL);
    const neighbours = new Neighbours(broker, issuer);
    await neighbours.start();
    return new Edge(broker, issuer, neighbours);
  }

  /** One more gateway; `env` overrides what it is told. */
  async gateway(env: Record<string, string> = {}): Promise<RunningGateway> {
    const config = readConfig(GatewayConfig, {
      GATEHOUSE_PROFILE: 'production',
      LOG_LEVEL: 'trace',
      NATS_URL: this.broker.url,
      NATS_SEED_FILE: this.broker.seedFile('gateway'),
      INTERNAL_PORT: '0',
      PUBLIC_PORT: '0',
      PUBLIC_URL,
      REALTIME_URL: 'http://127.0.0.1:9',
      RATE_LIMIT_FACTOR: '1000',
      STAFF_SECOND_FACTOR: 'false',
      INTERNAL_CALLERS_FILE: this.files.callers,
      INTERNAL_CALLER_SECRETS_FILE: this.files.secrets,
      ...env,
    });
    const destination = { write: (line: string) => void this.lines.push(line) };
    const gateway = await startGateway(config, Log.create({ app: 'gateway', level: 'trace', destination }));
    this.gateways.push(gateway);
    const running = new RunningGateway(gateway);
    await running.settled();
    return running;
  }

  /** The broker goes away for good. */
  async loseBroker(): Promise<void> {
    this.brokerLost = true;
    await this.broker.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((g) => g.close()));
    await this.neighbours.stop();
    if (!this.brokerLost) await this.broker.stop();
  }
}

export interface Sent {
  token?: string;
  json?: unknown;
  form?: Record<string, string>;
  body?: string | Buffer;
  headers?: Record<string, string>;
}

export interface Got {
  status: number;
  headers: Headers;
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers have as many shapes as there are routes
  body: any;
}

/** A gateway with its two listeners. */
export class RunningGateway {
  readonly url: string;
  readonly internalUrl: string;

  constructor(readonly gateway: Gateway) {
    this.url = `http://127.0.0.1:${gateway.publicPort}`;
    this.internalUrl = `http://127.0.0.1:${gateway.internalPort}`;
  }

  call(method: string, path: string, sent: Sent = {}): Promise<Got> {
    return this.send(this.url, method, path, sent);
  }

  internal(method: string, path: string, sent: Sent = {}): Promise<Got> {
    return this.send(this.internalUrl, method, path, sent);
  }

  /** As the caller that may do everything. */
  asRoot(method: string, path: string, sent: Sent = {}): Promise<Got> {
    const headers = { 'x-internal-secret': `root.${SECRETS.root}`, ...sent.headers };
    return this.internal(method, path, { ...sent, headers });
  }

  /** Resolves when keys and policies are known. */
  async settled(): Promise<void> {
    for (;;) {
      const { body } = await this.internal('GET', '/health/ready');
      const { verifier, roles } = body.dependencies ?? {};
      if (verifier?.status === 'up' && roles?.status === 'up') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async send(base: string, method: string, path: string, sent: Sent): Promise<Got> {
    const headers: Record<string, string> = { ...sent.headers };
    if (sent.token !== undefined) headers.authorization = `Bearer ${sent.token}`;
    let body: string | Buffer | URLSearchParams | undefined = sent.body;
    if (sent.json !== undefined) {
      headers['content-type'] ??= 'application/json';
      body = JSON.stringify(sent.json);
    }
    if (sent.form) body = new URLSearchParams(sent.form);
    const answer = await fetch(base + path, { method, headers, body: body as string | undefined, redirect: 'manual' });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    };
  }
}
