import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SnsWeb } from './sns-web.js';

/** What is read of a server on loopback that answers so. */
async function readFrom(serve: RequestListener): Promise<string> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await new SnsWeb().read(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('what SNS has to say', () => {
  it('is read whole', async () => {
    expect(await readFrom((_, response) => response.end('a certificate'))).toBe('a certificate');
  });

  it('is let go of where it does not end, long before memory does', async () => {
    const chunk = 'x'.repeat(16_384);
    let sent = 0;
    const endless: RequestListener = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    };
    await expect(readFrom(endless)).rejects.toThrow('more than 65536 bytes');
    expect(sent).toBeLessThan(64 * 1_048_576);
  });

  it('is nothing where it is refused, or where it leads elsewhere', async () => {
    await expect(readFrom((_, response) => response.writeHead(500).end())).rejects.toThrow('SNS answered 500');
    await expect(readFrom((_, r) => r.writeHead(302, { location: 'https://example.com' }).end())).rejects.toThrow();
  });
});
