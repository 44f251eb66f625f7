import { StepList } from './step-list.js';

const output = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join('') };
};

describe('the list of steps', () => {
  it('OPS22: is plain lines without a terminal', async () => {
    const out = output(false);
    const steps = new StepList(out);
    await steps.run('Postgres', () => Promise.resolve());
    await steps.run('NATS', () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(out.text()).toMatch(/^ok {2}Postgres {2}\d+\.\d s\nfailed {2}NATS {2}\d+\.\d s\n$/);
    expect(out.text()).not.toContain('\u001b');
  });

  it('OPS22: is drawn anew in place on a terminal, and stays when it is closed', async () => {
    const out = output(true);
    const steps = new StepList(out);
    await Promise.all([steps.run('Postgres', async () => undefined), steps.run('NATS', async () => undefined)]);
    steps.close();
    const last = out.text().split('\u001b[0J').at(-1)!;
    expect(last).toContain('Postgres');
    expect(last).toContain('NATS');
    expect(last).toContain('✓');
  });

  it('hands on what a step returns and what it throws', async () => {
    const steps = new StepList(output(false));
    expect(await steps.run('a', async () => 7)).toBe(7);
    await expect(steps.run('b', () => Promise.reject(new Error('why')))).rejects.toThrow('why');
  });
});
