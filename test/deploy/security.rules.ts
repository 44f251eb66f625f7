import {
  containersOf,
  each,
  ofKind,
  podOf,
  selects,
  labelsOf,
  workloads,
  type Container,
  type Manifest,
  type Rule,
} from './manifest.js';

/** OPS9: what the Pod Security standard `restricted` asks for, and a read-only root on top. */
export const restricted: Rule = (docs) => [
  ...each(ofKind(docs, 'Namespace'), ({ metadata }) => [
    metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted' && 'does not enforce `restricted`',
  ]),
  ...each(workloads(docs), (doc) => [...podProblems(doc), ...containersOf(doc).flatMap(containerProblems)]),
];

function podProblems(doc: Manifest): (string | false)[] {
  const { securityContext: context = {}, hostNetwork, hostPID, hostIPC, enableServiceLinks, volumes } = podOf(doc);
  return [
    (!context.runAsNonRoot || !(Number(context.runAsUser) > 0)) && 'may run as root',
    context.seccompProfile?.type !== 'RuntimeDefault' && 'has no seccomp profile',
    !!(hostNetwork || hostPID || hostIPC) && 'shares a namespace with its host',
    !!volumes?.some((volume) => volume.hostPath) && 'mounts a folder of its host',
    enableServiceLinks !== false && 'gets the addresses of all services',
  ];
}

function containerProblems({ name, securityContext: context = {} }: Container): (string | false)[] {
  return [
    (context.allowPrivilegeEscalation !== false || !!context.privileged) && `${name} may gain privileges`,
    !context.readOnlyRootFilesystem && `${name} may write to its root`,
    !context.capabilities?.drop?.includes('ALL') && `${name} keeps capabilities`,
  ];
}

/** OPS11: no secret in git; each workload has its own only, key material as files. */
export const secretsApart: Rule = (docs) => [
  ...each(ofKind(docs, 'Secret'), () => ['is a Secret in git']),
  ...each(workloads(docs), (doc) => [
    ...secretsOf(doc).map((name) => !isOwn(name, doc.metadata.name) && `reads the Secret ${name}`),
    ...containersOf(doc).flatMap(({ env = [] }) =>
      env.map((entry) => isSecret(entry.name) && !!entry.value && `${entry.name} is written down`),
    ),
    ...containersOf(doc).flatMap(({ env = [] }) =>
      env.map(({ name, valueFrom }) => /SEED|KEK/.test(name) && !!valueFrom && `${name} is key material, and no file`),
    ),
  ]),
];

const isSecret = (name: string): boolean => /PASSWORD|SECRETS?$|TOKEN$|DATABASE_URL/.test(name);
const isOwn = (secret: string, workload: string): boolean =>
  ['', '-seed', '-settings'].some((part) => secret === `gatehouse-${workload}${part}`);

/** Names of the Secrets that a workload's pods get something of. */
export function secretsOf(doc: Manifest): string[] {
  const names = [
    ...(podOf(doc).volumes ?? []).map((volume) => volume.secret?.secretName),
    ...containersOf(doc).flatMap(({ env = [], envFrom = [] }) => [
      ...env.map((entry) => entry.valueFrom?.secretKeyRef?.name),
      ...envFrom.map((source) => source.secretRef?.name),
    ]),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** OPS17: one namespace; settings carry their hash; what is named exists. */
export const wholeOverlay: Rule = (docs) => {
  const maps = ofKind(docs, 'ConfigMap').map((doc) => doc.metadata.name);
  return [
    ...each(docs, (doc) => [doc.kind !== 'Namespace' && !doc.metadata.namespace && 'has no namespace']),
    ...maps.filter((name) => !/-[a-z0-9]{10}$/.test(name)).map((name) => `ConfigMap/${name}: has no hash in its name`),
    ...each(workloads(docs), (doc) =>
      containersOf(doc)
        .flatMap(({ envFrom = [] }) => envFrom.map((source) => source.configMapRef?.name))
        .map((name) => name !== undefined && !maps.includes(name) && `its ConfigMap ${name} is missing`),
    ),
    ...each(ofKind(docs, 'Service'), (service) => serviceProblems(service, docs)),
  ];
};

function serviceProblems({ spec }: Manifest, docs: readonly Manifest[]): (string | false)[] {
  const target = workloads(docs).find((doc) => selects({ matchLabels: spec.selector }, labelsOf(doc)));
  if (!target) return ['leads to no pod'];
  const ports = containersOf(target).flatMap((container) => container.ports ?? []);
  return (spec.ports ?? []).map(
    ({ targetPort }) => !ports.some(({ name }) => name === targetPort) && `leads to no port ${targetPort}`,
  );
}
