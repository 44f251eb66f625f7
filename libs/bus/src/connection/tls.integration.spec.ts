import { once } from 'node:events';
import fs from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { BUS_USERS, type BusUser } from '#contracts';
import { ensureNkeys, seedFileOf, startNats, type RunningNats } from '#local';
import { serverCertificate } from '../../../../test/support/certificate.js';
import { testDir } from '../../../../test/support/index.js';
import { renderNatsConf } from '../broker/nats-conf.js';
import { connectAs } from './connect-as.js';

interface Broker {
  url: string;
  port: number;
  seedFile: string;
  /** The certificate, and so whom to trust. */
  ca: string;
}

const running: RunningNats[] = [];
afterAll(() => Promise.all(running.map((server) => server.stop())));

/** A broker that demands TLS, or one that has none. */
async function broker(tls: { until?: string } | 'none'): Promise<Broker> {
  const dir = testDir('tls');
  const users = ensureNkeys<BusUser>(path.join(dir, 'nkeys'), BUS_USERS);
  const { key, cert } = serverCertificate(tls === 'none' ? undefined : tls.until);
  const files = { key: path.join(dir, 'key.pem'), cert: path.join(dir, 'cert.pem') };
  fs.writeFileSync(files.key, key, { mode: 0o600 });
  fs.writeFileSync(files.cert, cert);
  const secured = tls === 'none' ? {} : { tls: files };
  const server = await startNats({ dir, conf: (place) => renderNatsConf({ ...place, users, ...secured }) });
  running.push(server);
  const url = `tls://localhost:${server.port}`;
  return { url, port: server.port, seedFile: seedFileOf(path.join(dir, 'nkeys'), 'realtime'), ca: cert };
}

const connected = async ({ url, seedFile }: Broker, ca?: string) => {
  const nc = await connectAs('realtime', { url, seedFile }, { reconnect: false, ...(ca ? { tls: { ca } } : {}) });
  await nc.flush();
  await nc.close();
  return true;
};

/** What a broker says to whoever goes on in plain text, until it hangs up. */
async function plainly(port: number): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  socket.on('error', () => undefined);
  socket.write('CONNECT {"verbose":true}\r\nPING\r\n');
  await once(socket, 'close');
  return said;
}

describe('BUS10: over TLS', () => {
  test('BUS10: who trusts the broker’s certificate is connected; who goes on in plain text is not', async () => {
    const secured = await broker({});
    await expect(connected(secured, secured.ca)).resolves.toBe(true);
    const said = await plainly(secured.port);
    expect(said).toMatch(/^INFO .*"tls_required":true/);
    expect(said).not.toMatch(/\+OK|PONG/);
  });

  test('BUS10: a certificate of nobody that is trusted, or of another than is trusted, is refused', async () => {
    const secured = await broker({});
    await expect(connected(secured)).rejects.toThrow(/self-signed|unable to verify/);
    await expect(connected(secured, serverCertificate().cert)).rejects.toThrow(/self-signed|unable to verify/);
  });

  test('BUS10: a certificate that has expired is refused', async () => {
    const secured = await broker({ until: '210101000000Z' });
    await expect(connected(secured, secured.ca)).rejects.toThrow(/expired/);
  });

  test('BUS10: who was told `tls://` says nothing to a broker without it', async () => {
    await expect(connected(await broker('none'))).rejects.toThrow(/support 'tls'/);
  });
});
