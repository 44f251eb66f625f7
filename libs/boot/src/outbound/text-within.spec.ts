import { textWithin } from './text-within.js';

/** An answer that goes on for ever, and how much was taken of it. */
function endless() {
  const read = { chunks: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      read.chunks += 1;
      controller.enqueue(new Uint8Array(1_000));
    },
    cancel() {
      read.cancelled = true;
    },
  });
  return { answer: new Response(body), read };
}

describe('the text of an answer', () => {
  it('is read whole up to the limit, also where a chunk ends within a letter', async () => {
    const bytes = Buffer.from('größer', 'utf8');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 3));
        controller.enqueue(bytes.subarray(3));
        controller.close();
      },
    });
    expect(await textWithin(new Response(body), bytes.length)).toBe('größer');
    expect(await textWithin(new Response(null, { status: 204 }), 0)).toBe('');
  });

  it('is refused beyond it, and no more is read than shows that', async () => {
    const { answer, read } = endless();
    await expect(textWithin(answer, 5_000)).rejects.toThrow('more than 5000 bytes');
    expect(read.cancelled).toBe(true);
    expect(read.chunks).toBeLessThan(10);
  });
});
