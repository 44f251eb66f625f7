import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { freePort, freePorts, isFree, keepPort, letPortGo } from './ports.js';

/** Has another process try to claim a port the way it is done here. */
const claimedElsewhere = async (port: number): Promise<boolean> => {
  const script = `
    const twin = require('node:dgram').createSocket('udp4');
    twin.once('error', ({ code }) => { console.log(code); process.exit(); });
    twin.bind({ port: ${port}, address: '127.0.0.1' }, () => { console.log('taken'); process.exit(); });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return stdout.trim() === 'taken';
};

describe('free ports', () => {
  it('of many that are asked for at once no two are the same, and each is free', async () => {
    const ports = await Promise.all(Array.from({ length: 400 }, freePort));
    expect(new Set(ports).size).toBe(400);
    for (const port of ports) expect([port, await isFree(port)]).toEqual([port, true]);
  });

  it('are none that the system gives to connections or to those who listen on any port', async () => {
    const [first] = fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/);
    for (const port of await freePorts(50)) expect(port).toBeLessThan(Number(first));
  });

  it('are nobody else’s until their servers listen, in no other process either', async () => {
    expect(await claimedElsewhere(await freePort())).toBe(false);
  });

  it('that are kept are nobody else’s while their servers are away, until they are let go', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    const [kept, other] = [await freePort(), await freePort()];
    expect(await keepPort(kept)).toBe(true);
    jest.advanceTimersByTime(600_000);
    jest.useRealTimers();
    expect([await claimedElsewhere(kept), await claimedElsewhere(other)]).toEqual([false, true]);
    letPortGo(kept);
    expect(await claimedElsewhere(kept)).toBe(true);
    expect(await keepPort(kept)).toBe(true);
    letPortGo(kept);
  });
});
