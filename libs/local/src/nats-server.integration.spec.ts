import fs from 'node:fs';
import { connect } from '@nats-io/transport-node';
import { testDir } from '../../../test/support/run.js';
import { LocalProblem } from './local-problem.js';
import { startNats } from './nats-server.js';
import { markOf } from './processes.js';

const conf = ({ port, storeDir }: { port: number; storeDir: string }) =>
  `host: "127.0.0.1"\nport: ${port}\njetstream { store_dir: ${JSON.stringify(storeDir)} }\n`;

describe('the embedded nats-server', () => {
  it('is ready for connections when it has started, and is gone when it was stopped', async () => {
    const server = await startNats({ dir: testDir('nats'), conf });
    const connection = await connect({ servers: server.url });
    expect(connection.info?.jetstream).toBe(true);
    await connection.close();
    await server.stop();
    expect(markOf(server.pid)).toBeUndefined();
  });

  it('OPS24: a start ends the server that a killed parent left in the same folder', async () => {
    const dir = testDir('nats');
    const left = await startNats({ dir, conf });
    const server = await startNats({ dir, conf });
    expect(markOf(left.pid)).toBeUndefined();
    await server.stop();
  });

  it('OPS23: says what nats-server says when it does not start', async () => {
    const dir = testDir('nats');
    const start = startNats({ dir, conf: () => 'port: "no port"' });
    await expect(start).rejects.toThrow(/nats-server did not start: .*nats\.conf:1/);
    await expect(start).rejects.toBeInstanceOf(LocalProblem);
    expect(fs.existsSync(`${dir}/nats.pid`)).toBe(false);
  });
});
