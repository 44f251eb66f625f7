import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { APPS } from '#contracts';
import { testDir } from '../support/run.js';
import { overlays, render } from './kustomize.js';
import { idOf, type Manifest, type Rule } from './manifest.js';
import { declaredTraffic } from './network.rules.js';
import { restricted, secretsApart, wholeOverlay } from './security.rules.js';
import { bounded, oneBudget, oneScaler, ownIdentity, spread, threeProbes } from './workload.rules.js';

const dir = testDir('manifests');

function schemaProblems(docs: readonly Manifest[]): string[] {
  const file = path.join(fs.mkdtempSync(path.join(dir, 'check-')), 'manifests.json');
  fs.writeFileSync(file, JSON.stringify(docs));
  const text = execFileSync(process.execPath, ['test/deploy/validate-manifests.mjs', file], { encoding: 'utf8' });
  return JSON.parse(text) as string[];
}

/** A copy of the documents with one of them broken. */
function broken(docs: readonly Manifest[], id: string, harm: (doc: Manifest) => void): Manifest[] {
  const copy = structuredClone(docs) as Manifest[];
  harm(copy.find((doc) => idOf(doc) === id)!);
  return copy;
}

interface Case {
  title: string;
  rule: Rule;
  id: string;
  harm: (doc: Manifest) => void;
  /** What the rule then says. */
  says: string;
}

const pod = (doc: Manifest) => doc.spec.template.spec;
const container = (doc: Manifest) => pod(doc).containers[0]!;

const CASES: Case[] = [
  {
    title: 'OPS1: every app has a Deployment and an identity of its own, without a token',
    rule: ownIdentity,
    id: 'Deployment/gateway',
    harm: (doc) => (pod(doc).automountServiceAccountToken = true),
    says: 'mounts a token',
  },
  {
    title: 'OPS2: one scaler alone decides on the replicas, at least two',
    rule: oneScaler,
    id: 'Deployment/identity',
    harm: (doc) => (doc.spec.replicas = 3),
    says: 'static replicas beside the scaler',
  },
  {
    title: 'OPS4: one disruption budget covers exactly the pods of an app',
    rule: oneBudget,
    id: 'PodDisruptionBudget/secrets',
    harm: (doc) => (doc.spec.selector = { matchLabels: {} } as never),
    says: '2 disruption budgets',
  },
  {
    title: 'OPS5: replicas are spread over hosts and zones',
    rule: spread,
    id: 'Deployment/realtime',
    harm: (doc) => pod(doc).topologySpreadConstraints!.pop(),
    says: 'is not spread by topology.kubernetes.io/zone',
  },
  {
    title: 'OPS6: three probes, and liveness depends on nothing else',
    rule: threeProbes,
    id: 'Deployment/licensing',
    harm: (doc) => (container(doc).livenessProbe!.httpGet!.path = '/health/ready'),
    says: 'liveness is not /health/live',
  },
  {
    title: 'OPS8: needs are known, memory and temporary files are bounded',
    rule: bounded,
    id: 'Deployment/secrets',
    harm: (doc) => (container(doc).resources!.limits!.memory = '1Gi'),
    says: 'its heap is not 75 % of its memory limit',
  },
  {
    title: 'OPS9: pods are `restricted`, their root is read-only',
    rule: restricted,
    id: 'StatefulSet/nats',
    harm: (doc) => (container(doc).securityContext!.readOnlyRootFilesystem = false),
    says: 'nats may write to its root',
  },
  {
    title: 'OPS10: traffic is denied but for the declared pairs, and both ends agree',
    rule: declaredTraffic,
    id: 'NetworkPolicy/realtime',
    harm: (doc) => (doc.spec.ingress = []),
    says: 'gateway → realtime: is not allowed to receive',
  },
  {
    title: 'OPS11: no secret is in git, and each app reads its own only',
    rule: secretsApart,
    id: 'Deployment/gateway',
    harm: (doc) => (pod(doc).volumes!.find((volume) => volume.secret)!.secret!.secretName = 'gatehouse-secrets'),
    says: 'reads the Secret gatehouse-secrets',
  },
  {
    title: 'OPS17: the overlay is whole, its settings carry a hash',
    rule: wholeOverlay,
    id: 'Service/gateway',
    harm: (doc) => (doc.spec.selector = { 'app.kubernetes.io/name': 'gatway' } as never),
    says: 'leads to no pod',
  },
];

describe.each(overlays())('the overlay %s', (overlay) => {
  let docs: Manifest[];
  beforeAll(async () => {
    docs = await render(overlay);
  }, 180_000);

  it('F-scale OPS17: renders a deployment for every app', () => {
    const names = docs.filter((doc) => doc.kind === 'Deployment').map((doc) => doc.metadata.name);
    expect(names.sort()).toEqual([...APPS].sort());
  });

  it.each(CASES)('$title', ({ rule }) => expect(rule(docs)).toEqual([]));

  it.each(CASES)('a document that breaks it is reported ($title)', ({ rule, id, harm, says }) => {
    expect(rule(broken(docs, id, harm)).join('\n')).toContain(says);
  });

  it('OPS17: every document is what the schemas of Kubernetes allow', () => {
    expect(schemaProblems(docs)).toEqual([]);
  });

  it('a wrong value and a misspelt field are reported', () => {
    const misspelt = broken(docs, 'Deployment/gateway', (doc) => Object.assign(container(doc), { livenesProbe: {} }));
    const wrong = broken(misspelt, 'Service/nats', (doc) => (doc.spec.ports![0]!.port = 'client' as never));
    const problems = schemaProblems(wrong).join('\n');
    expect(problems).toMatch(/Deployment\/gateway: .*livenesProbe/);
    expect(problems).toMatch(/Service\/nats: .*port/);
  });
});
