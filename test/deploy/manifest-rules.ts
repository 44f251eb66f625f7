/* eslint-disable @typescript-eslint/no-explicit-any -- manifests have as many shapes as Kubernetes has kinds */

/** A rendered document. */
export type Manifest = Record<string, any>;

/** What is wrong with which document. */
export type Rule = (documents: Manifest[]) => string[];

const of = (documents: Manifest[], ...kinds: string[]) => documents.filter((d) => kinds.includes(d.kind));
const labelsOf = (workload: Manifest): Record<string, string> => workload.spec.template.metadata.labels;
const selects = (selector: any, labels: Record<string, string>): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
const podOf = (workload: Manifest): any => workload.spec.template.spec;
const workloads = (documents: Manifest[]) => of(documents, 'Deployment', 'StatefulSet', 'Job');

/** For each of `among`, its name when `isBad` holds. */
const named = (among: Manifest[], isBad: (d: Manifest) => unknown): string[] =>
  among.filter((d) => isBad(d)).map((d) => `${d.kind}/${d.metadata.name}`);

/** The rules of our manifests that need no cluster, by their ids. */
export const RULES: Record<string, Rule> = {
  'OPS1: each workload has its own service account without a token, and a selector that fits': (all) =>
    named(workloads(all), (w) => {
      const account = of(all, 'ServiceAccount').find((a) => a.metadata.name === podOf(w).serviceAccountName);
      const fits = w.kind === 'Job' || selects(w.spec.selector, labelsOf(w));
      return !account || podOf(w).automountServiceAccountToken !== false || !fits;
    }),
  'OPS2: each deployment has exactly one scaler, of at least two, and no static replicas': (all) =>
    named(of(all, 'Deployment'), (d) => {
      const scalers = of(all, 'HorizontalPodAutoscaler').filter((h) => h.spec.scaleTargetRef.name === d.metadata.name);
      return scalers.length !== 1 || !(scalers[0]!.spec.minReplicas >= 2) || d.spec.replicas !== undefined;
    }),
  'OPS4: each deployment has exactly one disruption budget, which lets unhealthy pods go': (all) =>
    named(of(all, 'Deployment'), (d) => {
      const budgets = of(all, 'PodDisruptionBudget').filter((b) => selects(b.spec.selector, labelsOf(d)));
      return budgets.length !== 1 || budgets[0]!.spec.unhealthyPodEvictionPolicy !== 'AlwaysAllow';
    }),
  'OPS5: pods are spread over hosts and zones by their own labels': (all) =>
    named(of(all, 'Deployment'), (d) =>
      ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].some(
        (key) =>
          !podOf(d).topologySpreadConstraints?.some(
            (c: any) => c.topologyKey === key && selects(c.labelSelector, labelsOf(d)),
          ),
      ),
    ),
  'OPS6: three probes; liveness asks no dependency; start-up has at least a minute': (all) =>
    named(of(all, 'Deployment'), (d) =>
      podOf(d).containers.some(({ startupProbe: s, livenessProbe: l, readinessProbe: r }: any) => {
        const patience = (s?.periodSeconds ?? 10) * (s?.failureThreshold ?? 3);
        return l?.httpGet?.path !== '/health/live' || r?.httpGet?.path !== '/health/ready' || !s || patience < 60;
      }),
    ),
  'OPS8: CPU and memory are requested, memory is limited, CPU is not': (all) =>
    named(workloads(all), (w) =>
      podOf(w).containers.some(
        ({ resources: r }: any) => !r?.requests?.cpu || !r.requests.memory || !r.limits?.memory || r.limits.cpu,
      ),
    ),
  'OPS9: pods fit the restricted profile': (all) =>
    named(workloads(all), (w) => {
      const { securityContext: s, containers, hostNetwork, volumes = [], enableServiceLinks } = podOf(w);
      const open = containers.some(
        ({ securityContext: c }: any) =>
          c?.allowPrivilegeEscalation !== false || !c.readOnlyRootFilesystem || !c.capabilities?.drop?.includes('ALL'),
      );
      const pod = s?.runAsNonRoot && s.runAsUser > 0 && s.seccompProfile?.type === 'RuntimeDefault';
      return open || !pod || hostNetwork || volumes.some((v: any) => v.hostPath) || enableServiceLinks !== false;
    }),
  'OPS10: nothing is allowed by default, each workload has a policy of its own, and no rule is empty': (all) => {
    const policies = of(all, 'NetworkPolicy');
    const deny = policies.some((p) => !Object.keys(p.spec.podSelector).length && !p.spec.ingress && !p.spec.egress);
    const bare = named(workloads(all), (w) => {
      const own = policies.filter((p) => p.spec.podSelector.matchLabels && selects(p.spec.podSelector, labelsOf(w)));
      return own.length !== 1 || own[0]!.spec.policyTypes.length !== 2;
    });
    const empty = named(policies, (p) =>
      [...(p.spec.ingress ?? []), ...(p.spec.egress ?? [])].some((rule: object) => !Object.keys(rule).length),
    );
    return [...(deny ? [] : ['there is no default-deny']), ...bare, ...empty];
  },
  'OPS11: no secret is in the manifests': (all) => [
    ...named(of(all, 'Secret'), () => true),
    ...named(workloads(all), (w) =>
      podOf(w).containers.some((c: any) =>
        c.env?.some((e: any) => /PASS|SECRET|TOKEN|KEY$/.test(e.name) && e.value && !/FILE/.test(e.name)),
      ),
    ),
  ],
  'OPS17: every config map that is named is there, under the name with its hash': (all) =>
    named(workloads(all), (w) =>
      podOf(w).containers.some((c: any) =>
        c.envFrom?.some(
          (e: any) => e.configMapRef && !of(all, 'ConfigMap').some((m) => m.metadata.name === e.configMapRef.name),
        ),
      ),
    ),
};
