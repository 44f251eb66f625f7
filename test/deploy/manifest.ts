export type Labels = Record<string, string>;

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface EnvEntry {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string } };
}

export interface Probe {
  httpGet?: { path: string };
  periodSeconds?: number;
  failureThreshold?: number;
}

export interface Container {
  name: string;
  image: string;
  ports?: { name: string; containerPort: number }[];
  env?: EnvEntry[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  resources?: { requests?: Labels; limits?: Labels };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    privileged?: boolean;
    capabilities?: { drop?: string[] };
  };
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}

export interface Volume {
  name: string;
  hostPath?: object;
  emptyDir?: { sizeLimit?: string };
  secret?: { secretName: string };
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } };
  topologySpreadConstraints?: { topologyKey: string; labelSelector?: Selector }[];
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
}

export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: object;
}

export interface NetworkRule {
  ports?: { port: number | string; protocol?: string }[];
  from?: Peer[];
  to?: Peer[];
}

/** The parts of a Kubernetes document that our rules look at. Its whole shape is checked against the schemas. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels };
  data?: Labels;
  stringData?: Labels;
  automountServiceAccountToken?: boolean;
  spec: {
    selector?: Selector & Labels;
    replicas?: number;
    template: { metadata: { labels: Labels }; spec: PodSpec };
    scaleTargetRef?: { kind: string; name: string };
    minReplicas?: number;
    behavior?: { scaleDown?: { stabilizationWindowSeconds?: number } };
    unhealthyPodEvictionPolicy?: string;
    maxUnavailable?: number;
    podSelector?: Selector;
    policyTypes?: string[];
    ingress?: NetworkRule[];
    egress?: NetworkRule[];
    ports?: { port: number; targetPort?: string | number }[];
  };
}

/** What is wrong with some documents, one sentence each; empty when nothing is. */
export type Rule = (docs: readonly Manifest[]) => string[];

const NAME = 'app.kubernetes.io/name';
const WORKLOADS = ['Deployment', 'StatefulSet', 'Job'];

export const ofKind = (docs: readonly Manifest[], ...kinds: string[]): Manifest[] =>
  docs.filter((doc) => kinds.includes(doc.kind));

/** Everything that runs pods. */
export const workloads = (docs: readonly Manifest[]): Manifest[] => ofKind(docs, ...WORKLOADS);

export const podOf = (workload: Manifest): PodSpec => workload.spec.template.spec;
export const labelsOf = (workload: Manifest): Labels => workload.spec.template.metadata.labels;
export const appOf = (workload: Manifest): string => labelsOf(workload)[NAME] ?? '';
export const containersOf = (workload: Manifest): Container[] => [
  ...podOf(workload).containers,
  ...(podOf(workload).initContainers ?? []),
];

export const idOf = (doc: Manifest): string => `${doc.kind}/${doc.metadata.name}`;

/** Whether a selector takes pods with these labels; one without conditions takes all. */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => operator === 'In' && values?.includes(labels[key] ?? ''))
  );
}

/** Whether a selector takes these pods and was not meant for all. */
export const selectsOwn = (selector: Selector | undefined, labels: Labels): boolean =>
  JSON.stringify(selector ?? {}) !== '{}' && selects(selector, labels);

/** The problems of each document, with the document in front. */
export const each = (
  docs: readonly Manifest[],
  problems: (doc: Manifest) => (string | false | undefined)[],
): string[] =>
  docs.flatMap((doc) =>
    problems(doc)
      .filter((problem) => !!problem)
      .map((problem) => `${idOf(doc)}: ${problem as string}`),
  );
