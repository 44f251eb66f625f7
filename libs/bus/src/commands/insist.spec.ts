import { NotFound, Unavailable, type Refusal } from '#contracts';
import { Echo } from '../../test/probes.js';
import type { Bus } from './bus.js';
import { insist } from './insist.js';

// Fake timers know nothing of those that are promises.
jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

/** A bus that refuses as it is told, and then answers. */
function busOf(...refusals: Refusal[]) {
  const send = jest.fn((_command: unknown, { text }: { text: string }) => {
    const refusal = refusals.shift();
    return refusal ? Promise.reject(refusal) : Promise.resolve({ text });
  });
  return { send, bus: { send } as unknown as Bus };
}

describe('a command that is insisted on', () => {
  it('R-GD2: is sent again while its service is away', async () => {
    const { bus, send } = busOf(Unavailable.with(), Unavailable.with());
    expect(await insist(bus, Echo, { text: 'told' })).toEqual({ text: 'told' });
    expect(send).toHaveBeenCalledTimes(3);
  });

  it('R-GD2: is not sent again when it is refused', async () => {
    const { bus, send } = busOf(NotFound.with());
    await expect(insist(bus, Echo, { text: 'told' })).rejects.toMatchObject({ code: 'not_found' });
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('R-GD2: is given up when its service stays away', async () => {
    const { bus, send } = busOf(...Array.from({ length: 20 }, () => Unavailable.with()));
    await expect(insist(bus, Echo, { text: 'told' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(send).toHaveBeenCalledTimes(6);
  });
});
