import { once } from 'node:events';
import { WebSocket } from 'ws';
import { call } from '../test/support/http.js';
import { register } from '../test/support/people.js';
import { percentile, spread } from './harness.js';
import type { BenchContext, Row } from './report.js';

const SESSIONS = 200;
const AT_ONCE = 4;
const LIMIT_MS = 1_000;
const REVOKED = 4403;

const open = async (port: number, token: string): Promise<WebSocket> => {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/auth/ws`, { headers });
  await once(socket, 'open');
  return socket;
};

/** Signs somebody out who has a socket on each of the replicas. @returns until the last of them was closed, in ms */
async function signOut({ stack }: BenchContext, ports: number[]): Promise<number> {
  const { accessToken: token } = await register(stack.info);
  const sockets = await Promise.all(ports.map((port) => open(port, token)));
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
  const begun = performance.now();
  const { status } = await call('POST', `${stack.info.public_url}/v1/auth/logout`, { token });
  if (status !== 204) throw new Error(`a sign-out answered ${status}`);
  const codes = (await closed).map(([code]) => code as number);
  if (codes.some((code) => code !== REVOKED)) throw new Error(`the sockets were closed with ${codes.join()}`);
  return performance.now() - begun;
}

/** RT6: from a sign-out's request until the person's sockets on two replicas are closed. */
export async function revocationFigure(context: BenchContext): Promise<Row> {
  const { stack } = context;
  const second = await stack.replica('realtime');
  await second.program.start();
  try {
    const ports = [stack.internalPort('realtime'), second.port];
    const took: number[] = [];
    const oneByOne = async (): Promise<void> => {
      while (took.length < SESSIONS) took.push(await signOut(context, ports));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
    took.sort((a, b) => a - b);
    return {
      id: 'RT6',
      what: `sockets on two replicas closed by a sign-out within ${LIMIT_MS} ms`,
      lines: [`${`${took.length} sign-outs`.padEnd(34)} ${spread(took)}`],
      ratio: LIMIT_MS / percentile(took, 0.99),
      target: 1,
    };
  } finally {
    await second.program.stop();
  }
}
