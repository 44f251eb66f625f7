import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import { LocalProblem } from './local-problem.js';

/** Below those that systems give to connections and to whoever listens on 0: from there nobody takes ours by chance. */
const [FIRST, END] = [20_000, 30_000];
const MOST_TRIES = 500;
/** Time for a server to begin to listen. */
const CLAIMED_MS = 120_000;

/** A TCP port on loopback that nobody listens on, and that nobody else on this machine is given here for two minutes. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = randomInt(FIRST, END);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new LocalProblem(`no port from ${FIRST} to ${END - 1} is free`, 'end some of the programs that listen there');
}

interface Claim {
  twin: dgram.Socket;
  end: NodeJS.Timeout;
}

/** What this process has claimed, by port. */
const claims = new Map<number, Claim>();

/** Claims a port among all processes by its twin of UDP, which the end of a process gives back. */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const twin = dgram.createSocket('udp4').unref();
    twin.once('error', () => twin.close(() => resolve(false)));
    twin.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      claims.set(port, { twin, end: setTimeout(() => letPortGo(port), CLAIMED_MS).unref() });
      resolve(true);
    });
  });
}

/**
 * Keeps a port until it is let go, also while its server is away for a moment or comes back after a restart: nobody else
 * is given it here.
 * @returns whether nobody else has it
 */
export async function keepPort(port: number): Promise<boolean> {
  if (!claims.has(port) && !(await claim(port))) return false;
  clearTimeout(claims.get(port)?.end);
  return true;
}

/** The port may be anybody's again. */
export function letPortGo(port: number): void {
  const held = claims.get(port);
  if (!held) return;
  claims.delete(port);
  clearTimeout(held.end);
  held.twin.close();
}

/** `count` different free ports. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** Whether `port` can be listened on now. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether somebody listens on `port` of loopback. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
