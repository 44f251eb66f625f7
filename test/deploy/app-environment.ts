import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { AppName } from '#contracts';
import type { Manifest } from './manifest.js';
import { containersOf, ofKind } from './manifest.js';

export type Env = Record<string, string>;
/** Values of every Secret, by its name and key. */
export type Secrets = Record<string, Record<string, string | Buffer>>;

interface ComposeService {
  environment?: Env;
  env_file?: { path: string }[];
  volumes?: string[];
}

/** Where the image keeps the project, and Kubernetes what it mounts. */
const [IMAGE, MOUNT] = ['/app', '/run/secrets/gatehouse'];

/** Secrets as the API server would keep them. */
export const secretsIn = (docs: readonly Manifest[]): Secrets =>
  Object.fromEntries(
    docs.map(({ metadata, data = {}, stringData }) => [metadata.name, { ...decoded(data), ...stringData }]),
  );

const decoded = (data: Env): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));

/**
 * What a workload's container finds in its environment.
 * @param dir takes the Secret's files, where the container would find them mounted
 */
export function podEnvironment(docs: readonly Manifest[], workload: Manifest, secrets: Secrets, dir: string): Env {
  const [container] = containersOf(workload);
  const env: Env = {};
  for (const { configMapRef, secretRef } of container!.envFrom ?? []) {
    const map = ofKind(docs, 'ConfigMap').find(({ metadata }) => metadata.name === configMapRef?.name);
    Object.assign(env, map?.data, secretRef && secrets[secretRef.name]);
  }
  for (const { name, value, valueFrom } of container!.env ?? []) {
    const ref = valueFrom?.secretKeyRef;
    env[name] = value ?? String(secrets[ref!.name]?.[ref!.key] ?? '');
  }
  for (const { secret } of workload.spec.template.spec.volumes ?? []) {
    if (secret) mount(secrets[secret.secretName] ?? {}, dir);
  }
  return relocated(env, [MOUNT, dir], [IMAGE, process.cwd()]);
}

function mount(files: Record<string, string | Buffer>, dir: string): void {
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), content, { mode: 0o600 });
}

/** What a service of docker-compose.yml finds in its environment, when `deploy compose` wrote into `state`. */
export function composeEnvironment(service: AppName | 'migrate', state: string): Env {
  const text = fs.readFileSync('docker-compose.yml', 'utf8').replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  const { environment, env_file = [], volumes = [] } = services[service]!;
  const host = (name: string) => name.replace(/^(\.\/)?\.gatehouse-deploy/, state);
  const files = env_file
    .map((file) => host(file.path))
    .filter((file) => fs.existsSync(file))
    .map(envFile);
  const mounts = volumes.map((volume) => volume.split(':')).map(([from, to]) => [to!, host(from!)] as const);
  return relocated(Object.assign({}, ...files, environment) as Env, ...mounts, [IMAGE, process.cwd()]);
}

const envFile = (file: string): Env =>
  Object.fromEntries(
    fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** The same files where they are on this machine. */
function relocated(env: Env, ...places: (readonly [inside: string, here: string])[]): Env {
  const move = (value: string): string => {
    const place = places.find(([inside]) => value === inside || value.startsWith(`${inside}/`));
    return place ? place[1] + value.slice(place[0].length) : value;
  };
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, move(value)]));
}
