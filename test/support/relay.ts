import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * Puts a relay on loopback in front of the server that `url` names.
 * @param join ties a connection to the server's, which it dials
 * @returns the address of the relay
 */
export async function relayed(url: string, join: (near: Socket, dial: () => Socket) => void): Promise<string> {
  const target = new URL(url);
  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => near.destroy());
    join(near, () => connect({ port: Number(target.port), host: target.hostname, noDelay: true }));
  });
  // A test that leaves its line open must not keep the run from ending.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
}
