import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startNats } from '#local';
import { launch } from './launch.js';

/** The bare path Fastify → NATS → Postgres → back, as three processes of its own. */
export interface Floor {
  url: string;
  pids: number[];
  stop(): Promise<void>;
}

/**
 * @param database URL of a database that has `website_users`
 * @param id the person whose row is read
 */
export async function startFloor(database: string, id: string): Promise<Floor> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-floor-'));
  const nats = await startNats({ dir, conf: ({ port }) => `listen: 127.0.0.1:${port}` });
  const worker = await launch('worker', nats.url, database);
  const front = await launch('front', nats.url, id);
  return {
    url: front.line,
    pids: [nats.pid, worker.child.pid!, front.child.pid!],
    stop: async () => {
      front.child.kill();
      worker.child.kill();
      await nats.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
