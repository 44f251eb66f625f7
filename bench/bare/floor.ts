import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startNats } from '#local';

/** The bare path Fastify → NATS → Postgres → back, as three processes of its own. */
export interface Floor {
  url: string;
  pids: number[];
  stop(): Promise<void>;
}

async function launch(script: string, ...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const file = path.join(import.meta.dirname, `${script}.js`);
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [data] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, line: data.toString().trim() };
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
