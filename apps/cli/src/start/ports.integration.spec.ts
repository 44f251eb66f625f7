import dgram from 'node:dgram';
import net from 'node:net';
import { testDir } from '../../../../test/support/run.js';
import { freePort, letPortGo, LocalProblem } from '#local';
import { readJson, StateFolder } from '../state/state-folder.js';
import type { State } from '../state/state.js';
import { choosePorts } from './ports.js';

const stateWith = (ports: Record<string, number>): State => ({
  admin: { username: 'admin', password: 'x' },
  gumroad: { webhook_secret: 'x', access_token: 'x' },
  postgres: { superuser: 'x', roles: { identity: 'x', licensing: 'x', fulfillment: 'x', secrets: 'x' } },
  ports,
});

const occupy = async (): Promise<{ port: number; leave: () => void }> => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as net.AddressInfo).port, leave: () => void server.close() };
};

/** Whether somebody else could claim a port the way it is done here. */
const canClaim = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const twin = dgram.createSocket('udp4');
    twin.once('error', () => twin.close(() => resolve(false)));
    twin.bind({ port, address: '127.0.0.1', exclusive: true }, () => twin.close(() => resolve(true)));
  });

describe('the ports of a start', () => {
  it('OPS23: a port that was asked for and is taken stops the start and names the way out', async () => {
    const { port, leave } = await occupy();
    const choice = choosePorts(new StateFolder(testDir('ports')), stateWith({}), { PUBLIC_PORT: String(port) });
    const problem = (await choice.catch((error: unknown) => error)) as LocalProblem;
    expect(problem).toBeInstanceOf(LocalProblem);
    expect(problem.message).toContain(`port ${port} is taken`);
    expect(problem.fix).toContain('PUBLIC_PORT=');
    leave();
  });

  it.each(['abc', '-1', '70000', '3.5'])('OPS23: PUBLIC_PORT=%s is refused', async (value) => {
    const choice = choosePorts(new StateFolder(testDir('ports')), stateWith({}), { PUBLIC_PORT: value });
    await expect(choice).rejects.toThrow(/PUBLIC_PORT is .* which is no port/);
  });

  it('OPS23: one port for both listeners is refused before anything starts', async () => {
    const port = String(await freePort());
    const both = { PUBLIC_PORT: port, INTERNAL_PORT: port };
    const choice = choosePorts(new StateFolder(testDir('ports')), stateWith({}), both);
    await expect(choice).rejects.toThrow(`PUBLIC_PORT and INTERNAL_PORT are both ${port}`);
  });

  it('remembers the ports of the servers, and leaves one that somebody else has taken since', async () => {
    const folder = new StateFolder(testDir('ports'));
    const [kept, { port: lost, leave }] = [await freePort(), await occupy()];
    const env = { PUBLIC_PORT: '0', INTERNAL_PORT: '0' };
    const ports = await choosePorts(folder, stateWith({ postgres: kept, nats: lost }), env);
    expect(ports.of('postgres')).toBe(kept);
    expect(ports.of('nats')).not.toBe(lost);
    expect(readJson<State>(folder.at('state.json'))?.ports.nats).toBe(ports.of('nats'));
    leave();
    ports.letGo();
  });

  it('those of last time are kept for their servers from the choice on, and let go after them', async () => {
    const remembered = await freePort();
    letPortGo(remembered);
    const env = { PUBLIC_PORT: '0', INTERNAL_PORT: '0' };
    const ports = await choosePorts(new StateFolder(testDir('ports')), stateWith({ nats: remembered }), env);
    expect(ports.of('nats')).toBe(remembered);
    const wanted = [remembered, ports.public, ports.of('secrets')];
    expect(await Promise.all(wanted.map(canClaim))).toEqual([false, false, false]);
    ports.letGo();
    expect(await Promise.all(wanted.map(canClaim))).toEqual([true, true, true]);
  });
});
