import { APPS } from '#contracts';
import { freePort, isFree, keepPort, letPortGo, LocalProblem } from '#local';
import { saveState, type State } from '../state/state.js';
import { SIGNING_STORES } from './signing-stores.js';
import type { StateFolder } from '../state/state-folder.js';

/** Servers that nobody types the port of; the gateway's two are chosen by the developer. */
const REMEMBERED = [
  'postgres',
  'nats',
  'mail_smtp',
  'mail_http',
  'storefront',
  'providers',
  ...SIGNING_STORES,
  ...APPS.filter((a) => a !== 'gateway'),
];

export interface Ports {
  public: number;
  internal: number;
  /** Of Postgres, nats-server, the stand-ins, and the health listener of each app but the gateway. */
  of(name: string): number;
  /** Once nothing listens there any more. */
  letGo(): void;
}

/**
 * Chooses all ports: the public ones as told, the others as last time or free ones. They are kept: what dies is started
 * again where it was.
 * @throws LocalProblem when a port that was asked for is taken
 */
export async function choosePorts(folder: StateFolder, state: State, env: NodeJS.ProcessEnv): Promise<Ports> {
  const publicPort = await demand('PUBLIC_PORT', env.PUBLIC_PORT, 3000);
  const internalPort = await demand('INTERNAL_PORT', env.INTERNAL_PORT, publicPort === 3000 ? 3001 : publicPort + 1);
  if (publicPort === internalPort) {
    throw new LocalProblem(
      `PUBLIC_PORT and INTERNAL_PORT are both ${publicPort}`,
      'set them to two ports: what is internal has a listener of its own',
    );
  }
  const taken = new Set([publicPort, internalPort]);
  const ports: Record<string, number> = {};
  for (const name of REMEMBERED) {
    const port = await choose(state.ports[name], taken);
    taken.add(port);
    ports[name] = port;
  }
  if (JSON.stringify(ports) !== JSON.stringify(state.ports)) saveState(folder, { ...state, ports });
  const letGo = (): void => taken.forEach(letPortGo);
  return { public: publicPort, internal: internalPort, of: (name) => ports[name] ?? 0, letGo };
}

async function choose(remembered: number | undefined, taken: ReadonlySet<number>): Promise<number> {
  if (remembered && !taken.has(remembered) && (await keepPort(remembered))) {
    if (await isFree(remembered)) return remembered;
    letPortGo(remembered);
  }
  for (;;) {
    const port = await keptPort();
    if (!taken.has(port)) return port;
  }
}

async function keptPort(): Promise<number> {
  const port = await freePort();
  await keepPort(port);
  return port;
}

/** A port by the developer's word: `0` is any free one. */
async function demand(name: string, value: string | undefined, byDefault: number): Promise<number> {
  const port = value === undefined || value === '' ? byDefault : Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LocalProblem(`${name} is ${value}, which is no port`, `set ${name} to a number from 0 to 65535`);
  }
  if (port === 0) return keptPort();
  // Named by a person, it is taken also when it cannot be kept.
  await keepPort(port);
  if (await isFree(port)) return port;
  letPortGo(port);
  throw new LocalProblem(
    `port ${port} is taken by another program`,
    `end that program, or choose another port: ${name}=${port + 100} npm start (0 takes any free one)`,
  );
}
