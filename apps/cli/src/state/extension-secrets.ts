import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readJson, writePrivate, type StateFolder } from './state-folder.js';

interface ClientsFile {
  clients: { extension?: { secret_ref: string } }[];
}

/** A secret for every Twitch extension among the clients, as Twitch would give it; made when it is first asked for. */
export function extensionSecrets(folder: StateFolder): Record<string, string> {
  const { clients } = parse(fs.readFileSync(path.resolve('config/clients.yaml'), 'utf8')) as ClientsFile;
  const names = clients.flatMap(({ extension }) => extension?.secret_ref ?? []);
  const kept = readJson<Record<string, string>>(folder.extensionSecrets);
  const secrets = Object.fromEntries(names.map((name) => [name, kept?.[name] ?? randomBytes(32).toString('base64')]));
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (JSON.stringify(kept) !== JSON.stringify(secrets)) writePrivate(folder.extensionSecrets, text);
  return secrets;
}
