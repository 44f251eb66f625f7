import { APPS } from '#contracts';
import {
  appOf,
  containersOf,
  each,
  labelsOf,
  ofKind,
  podOf,
  selects,
  selectsOwn,
  workloads,
  type Container,
  type Rule,
} from './manifest.js';

const SPREAD = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'];
const UNITS: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** OPS1: one Deployment for each app; a ServiceAccount of its own, whose token is not mounted. */
export const ownIdentity: Rule = (docs) => {
  const names = ofKind(docs, 'Deployment').map((doc) => doc.metadata.name);
  const accounts = ofKind(docs, 'ServiceAccount').map((doc) => doc.metadata.name);
  return [
    ...APPS.filter((app) => !names.includes(app)).map((app) => `${app}: has no Deployment`),
    ...each(workloads(docs), (doc) => [
      podOf(doc).serviceAccountName !== doc.metadata.name && 'has no ServiceAccount of its own',
      !accounts.includes(podOf(doc).serviceAccountName ?? '') && 'its ServiceAccount is missing',
      podOf(doc).automountServiceAccountToken !== false && 'mounts a token',
      appOf(doc) !== doc.metadata.name && 'its pods are not named like it',
      labelsOf(doc)['app.kubernetes.io/part-of'] !== 'gatehouse' && 'its pods are not part of gatehouse',
      doc.kind !== 'Job' && !selectsOwn(doc.spec.selector, labelsOf(doc)) && 'does not select its own pods',
    ]),
  ];
};

/** OPS2: one scaler for each Deployment, which alone decides on the replicas. */
export const oneScaler: Rule = (docs) =>
  each(ofKind(docs, 'Deployment'), (doc) => {
    const scalers = ofKind(docs, 'HorizontalPodAutoscaler', 'ScaledObject').filter(
      ({ spec }) => spec.scaleTargetRef?.name === doc.metadata.name,
    );
    const [spec] = scalers.map((scaler) => scaler.spec);
    return [
      scalers.length !== 1 && `${scalers.length} scalers`,
      doc.spec.replicas !== undefined && 'static replicas beside the scaler',
      spec && !(Number(spec.minReplicas) >= 2) && 'fewer than 2 replicas',
      spec && !(Number(spec.behavior?.scaleDown?.stabilizationWindowSeconds) >= 300) && 'scales down at once',
    ];
  });

/** OPS4: one disruption budget for exactly the app's pods. */
export const oneBudget: Rule = (docs) => {
  const budgets = ofKind(docs, 'PodDisruptionBudget');
  return [
    ...each(ofKind(docs, 'Deployment'), (doc) => {
      const own = budgets.filter(({ spec }) => selects(spec.selector, labelsOf(doc)));
      return [own.length !== 1 && `${own.length} disruption budgets`];
    }),
    ...each(budgets, ({ spec }) => [
      spec.unhealthyPodEvictionPolicy !== 'AlwaysAllow' && 'keeps pods that are not healthy',
      !(Number(spec.maxUnavailable) >= 1) && 'blocks every eviction',
    ]),
  ];
};

/** OPS5: replicas are spread over hosts and zones. */
export const spread: Rule = (docs) =>
  each(ofKind(docs, 'Deployment'), (doc) =>
    SPREAD.map((key) => {
      const found = podOf(doc).topologySpreadConstraints?.find((constraint) => constraint.topologyKey === key);
      return !selectsOwn(found?.labelSelector, labelsOf(doc)) && `is not spread by ${key}`;
    }),
  );

/** OPS6: three probes; only readiness depends on more than the event loop. */
export const threeProbes: Rule = (docs) =>
  each(ofKind(docs, 'Deployment'), (doc) =>
    podOf(doc).containers.flatMap(({ startupProbe: startup, livenessProbe: liveness, readinessProbe: readiness }) => [
      !startup && 'has no startup probe',
      startup && (startup.periodSeconds ?? 10) * (startup.failureThreshold ?? 3) < 60 && 'has under 60 s to start',
      liveness?.httpGet?.path !== '/health/live' && 'liveness is not /health/live',
      readiness?.httpGet?.path !== '/health/ready' && 'readiness is not /health/ready',
    ]),
  );

/** OPS8: known needs, a bound on memory that the heap fits into, sized temporary files. */
export const bounded: Rule = (docs) =>
  each(workloads(docs), (doc) => [
    ...containersOf(doc).flatMap(resourceProblems),
    ...(podOf(doc).volumes ?? []).map(
      ({ name, emptyDir }) => emptyDir && !emptyDir.sizeLimit && `volume ${name} has no size`,
    ),
  ]);

function resourceProblems(container: Container): (string | false)[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  return [
    !requests.cpu && 'requests no CPU',
    !requests.memory && 'requests no memory',
    !limits.memory && 'has no memory limit',
    !!limits.cpu && 'has a CPU limit',
    bytes(limits.memory) < bytes(requests.memory) && 'its limit is below its request',
    container.image.startsWith('gatehouse') && heapOf(container) !== 0.75 && 'its heap is not 75 % of its memory limit',
  ];
}

function heapOf({ env = [], resources }: Container): number {
  const options = env.find(({ name }) => name === 'NODE_OPTIONS')?.value ?? '';
  const mebibytes = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
  return (mebibytes * 2 ** 20) / bytes(resources?.limits?.memory);
}

function bytes(quantity = ''): number {
  const [, amount, unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(quantity) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}
