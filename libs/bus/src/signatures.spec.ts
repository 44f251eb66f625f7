import { Handles, Listens, Watches } from '#bus';
import type { Call } from '#contracts';
import { Echo, ThingDone, type EchoAnswer, type EchoRequest, type ThingDoneData } from '../test/probes.js';

/** `tsc` proves this file: an expected error that does not occur is an error itself. */
class Signatures {
  @Handles(Echo)
  async whole({ text }: EchoRequest, call: Call): Promise<EchoAnswer> {
    return { text: text + call.caller };
  }

  @Handles(Echo)
  async withoutCall({ text }: EchoRequest): Promise<EchoAnswer> {
    return { text };
  }

  // @ts-expect-error the answer is not the contract's
  @Handles(Echo)
  async wrongAnswer({ text }: EchoRequest): Promise<{ texts: string }> {
    return { texts: text };
  }

  // @ts-expect-error an answer is promised
  @Handles(Echo)
  notPromised({ text }: EchoRequest): EchoAnswer {
    return { text };
  }

  // @ts-expect-error the input is not the contract's
  @Handles(Echo)
  async wrongInput(input: { number: number }): Promise<EchoAnswer> {
    return { text: String(input.number) };
  }

  // @ts-expect-error there is no third argument
  @Handles(Echo)
  async tooMany({ text }: EchoRequest, _call: Call, _more: string): Promise<EchoAnswer> {
    return { text };
  }

  @Listens(ThingDone)
  async listens(data: ThingDoneData, meta: { id: string; tries: number }): Promise<void> {
    await Promise.resolve([data.number, meta.tries]);
  }

  // @ts-expect-error the data are not the contract's
  @Listens(ThingDone)
  async wrongData(_data: { number: string }): Promise<void> {}

  // @ts-expect-error a listener's end must be known
  @Listens(ThingDone)
  notAwaited(_data: ThingDoneData): void {}

  @Watches(ThingDone)
  watches({ thing }: ThingDoneData): void {
    void thing;
  }

  // @ts-expect-error the data are not the contract's
  @Watches(ThingDone)
  wrongWatch(_data: { thing: number }): void {}
}

test('a handler whose signature is not the contract’s does not compile', () => {
  expect(new Signatures()).toBeDefined();
});
