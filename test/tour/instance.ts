import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DevInfo } from '#local';

/** What a running development instance says about itself (`.gatehouse/dev.json`). */
export function readInstance(dir = process.env.GATEHOUSE_DIR ?? '.gatehouse'): DevInfo {
  const file = path.resolve(dir, 'dev.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DevInfo;
  } catch {
    throw new Error(`There is no running instance: ${file} cannot be read. Run "npm start" in another terminal first.`);
  }
}
