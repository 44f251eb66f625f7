interface Failure {
  file: string;
  passed: number;
  failed: number;
}
interface Counts {
  passed: number;
  failed: number;
  running: string[];
  failures: Failure[];
}
interface SecondLook {
  worthAnotherLook(first: Counts): string[];
  together(first: Counts, second: Counts): Counts & { coincidences: string[] };
  tellCoincidences(files: string[], root: string): string;
}

const KILL = '/x/test/faults/kill.e2e.spec.ts';
const PORTS = '/x/libs/local/src/ports.integration.spec.ts';

const failure = (file: string): Failure => ({ file, passed: 3, failed: 1 });
const run = (...failures: Failure[]): Counts => ({ passed: 100, failed: failures.length, running: [], failures });

describe('the second look at what failed', () => {
  let look: SecondLook;
  beforeAll(async () => void (look = (await import('../../scripts/lib/second-look.mjs' as string)) as SecondLook));

  it('is for files in which real processes take part', () => {
    expect(look.worthAnotherLook(run(failure(KILL), failure(PORTS)))).toEqual([KILL, PORTS]);
  });

  it.each([
    ['when nothing failed', run()],
    ['when one of them runs nothing but code', run(failure(KILL), failure('/x/libs/boot/src/log/scrub.spec.ts'))],
    ['when one of them is about security', run(failure(KILL), failure('/x/test/security/leaks.e2e.spec.ts'))],
    ['when so many failed that it is no coincidence', run(...['a', 'b', 'c', 'd'].map((a) => failure(`${a}${KILL}`)))],
    ['when the run hung', { ...run(failure(KILL)), running: [PORTS] }],
  ])('is not taken %s', (_, first) => expect(look.worthAnotherLook(first)).toEqual([]));

  it('counts every test once, and names who passed only then', () => {
    const first = run(failure(KILL), failure(PORTS));
    const second = { passed: 7, failed: 1, running: [], failures: [failure(PORTS)] };
    expect(look.together(first, second)).toEqual({ ...second, passed: 101, coincidences: [KILL] });
    expect(look.tellCoincidences([KILL], '/x')).toContain('  test/faults/kill.e2e.spec.ts\n');
  });

  it('does not take a file for well that did not end the second time', () => {
    const second = { passed: 0, failed: 0, running: [KILL], failures: [] };
    expect(look.together(run(failure(KILL)), second)).toMatchObject({ running: [KILL], coincidences: [] });
  });
});
