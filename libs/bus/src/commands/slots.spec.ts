import { Refusal } from '#contracts';
import { Slots } from './slots.js';

const later = (ms: number): number => Date.now() + ms;

function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  return { opened: new Promise((resolve) => (open = resolve)), open };
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (e: unknown) => (e instanceof Refusal ? e.code : e),
  );

describe('slots', () => {
  test('never more than the width at once, and first come, first served', async () => {
    const slots = new Slots(3);
    const order: number[] = [];
    let most = 0;
    const work = (i: number) => async (): Promise<void> => {
      order.push(i);
      most = Math.max(most, slots.running);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => slots.run(later(10_000), work(i))));
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(most).toBe(3);
    expect([slots.running, slots.waiting]).toEqual([0, 0]);
  });

  test('a full queue refuses', async () => {
    const slots = new Slots(1, 1);
    const { opened, open } = gate();
    const first = slots.run(later(10_000), () => opened);
    const second = slots.run(later(10_000), async () => undefined);
    expect(await codeOf(slots.run(later(10_000), async () => undefined))).toBe('overloaded');
    open();
    await Promise.all([first, second]);
  });

  test('a turn that would come after the deadline is refused at once', async () => {
    const slots = new Slots(1);
    await slots.run(later(10_000), () => new Promise((resolve) => setTimeout(resolve, 60)));
    const { opened, open } = gate();
    const first = slots.run(later(10_000), () => opened);
    expect(await codeOf(slots.run(later(20), async () => undefined))).toBe('overloaded');
    open();
    await first;
  });

  test('whoever waits until the deadline nears is refused, also when no slot ever frees, and its work never begins', async () => {
    const slots = new Slots(1);
    const { opened, open } = gate();
    const first = slots.run(later(10_000), () => opened);
    const began = jest.fn(async () => undefined);
    expect(await codeOf(slots.run(later(100), began))).toBe('overloaded');
    open();
    await first;
    expect(began).not.toHaveBeenCalled();
    expect([slots.running, slots.waiting]).toEqual([0, 0]);
  });

  test('work that throws gives its slot back', async () => {
    const slots = new Slots(1);
    await expect(slots.run(later(1_000), () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await slots.run(later(1_000), async () => 5)).toBe(5);
  });
});
