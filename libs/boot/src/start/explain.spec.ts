import { createServer } from 'node:net';
import { explain } from './explain.js';
import { StartProblem } from './start-problem.js';

describe('explain', () => {
  it('OPS23: tells what failed, why and what to do, without a stack', () => {
    const told = explain(
      new StartProblem({ what: 'The bus', why: 'a permission is missing', fix: 'Run the migration.' }),
    );
    expect(told).toBe('The bus: a permission is missing\nRun the migration.\n');
  });

  it('OPS23: knows a port that is taken', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => first.once('listening', resolve));
    const { port } = first.address() as { port: number };
    const error = await new Promise((resolve) => createServer().once('error', resolve).listen(port, '127.0.0.1'));
    await new Promise((resolve) => first.close(resolve));
    expect(explain(error)).toContain(`127.0.0.1:${port} is taken`);
  });

  it('OPS23: takes the first of several addresses that were tried', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', address: '::1', port: 4222 });
    expect(explain(new AggregateError([refused]))).toContain('nobody answers at ::1:4222');
  });

  it('prints no secret of an unknown failure', () => {
    expect(explain(new Error('bad url nats://app:canary@host'))).not.toContain('canary');
  });
});
