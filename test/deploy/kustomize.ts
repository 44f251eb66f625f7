import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cacheDir, fetchDebianPackage } from '#local';
import type { Manifest } from './manifest.js';

/** A program and the arguments that make it render a folder. */
type Renderer = [program: string, ...args: string[]];

const OVERLAYS = 'k8s/overlays';

/** Names of the overlays in the repository. */
export const overlays = (): string[] => fs.readdirSync(OVERLAYS);

/** Every document of an overlay, as it would be applied. */
export async function render(overlay: string): Promise<Manifest[]> {
  const [program, ...args] = await renderer();
  const text = execFileSync(program, [...args, path.join(OVERLAYS, overlay)], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

/** GATEHOUSE_KUSTOMIZE, PATH, the cache; else Debian's package is fetched into the cache. */
async function renderer(): Promise<Renderer> {
  const cached = path.join(cacheDir(), 'kustomize');
  const known: Renderer[] = [
    ['kustomize', 'build'],
    ['kubectl', 'kustomize'],
    [cached, 'build'],
  ];
  const named = process.env.GATEHOUSE_KUSTOMIZE;
  if (named) return [named, 'build'];
  return known.find(runs) ?? [await fetchKustomize(cached), 'build'];
}

const runs = ([program, command]: Renderer): boolean => spawnSync(program, [command!, '--help']).status === 0;

/** @throws Error when no suite of the mirror has it */
export async function fetchKustomize(to: string): Promise<string> {
  fs.mkdirSync(path.dirname(to), { recursive: true, mode: 0o755 });
  const draft = fs.mkdtempSync(path.join(path.dirname(to), 'kustomize-'));
  try {
    const root = await fetchDebianPackage(draft, 'forky', 'kustomize').catch(() =>
      fetchDebianPackage(draft, 'sid', 'kustomize'),
    );
    fs.renameSync(path.join(root, 'usr/bin/kustomize'), to);
    return to;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}
