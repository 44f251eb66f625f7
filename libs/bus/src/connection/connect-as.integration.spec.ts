import type { Socket } from 'node:net';
import { ensureNkeys, seedFileOf } from '#local';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { relayed } from '../../../../test/support/relay.js';
import { testDir } from '../../../../test/support/run.js';
import { connectAs } from './connect-as.js';

let broker: TestBroker;
beforeAll(async () => (broker = await testBroker()));
afterAll(async () => {
  for (const socket of lines) socket.destroy();
  await broker?.stop();
});

const lines: Socket[] = [];

/** Counts the tries; some of them go nowhere. */
async function counted(hangs: (tries: number) => boolean) {
  const line = { tries: 0, url: '' };
  line.url = await relayed(broker.url, (near, dial) => {
    lines.push(near);
    if (hangs(++line.tries)) return;
    const far = dial();
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  return line;
}

it('a try that hangs is followed by another one', async () => {
  const line = await counted((tries) => tries === 1);
  const connection = await connectAs('operator', { url: line.url, seedFile: broker.seedFile('operator') });
  await connection.close();
  expect(line.tries).toBe(2);
});

it('a broker that refuses is not asked again', async () => {
  const strangers = testDir('strangers');
  ensureNkeys(strangers, ['operator']);
  const line = await counted(() => false);
  const asked = connectAs('operator', { url: line.url, seedFile: seedFileOf(strangers, 'operator') });
  await expect(asked).rejects.toThrow(/authorization/i);
  expect(line.tries).toBe(1);
});
