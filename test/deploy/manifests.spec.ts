import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { APPS } from '#contracts';
import { render } from './kustomize.js';
import { RULES, type Manifest } from './manifest-rules.js';

const overlays = readdirSync('k8s/overlays');
const parsed = (yaml: string): Manifest[] => parseAllDocuments(yaml).map((d) => d.toJS() as Manifest);

/** @returns what the typed schemas say about the rendered documents */
function schemaProblems(yaml: string): string[] {
  const script = path.join(__dirname, 'validate-manifests.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], { input: yaml, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

describe.each(overlays)('the overlay %s', (overlay) => {
  let yaml: string;
  beforeAll(() => {
    yaml = render(`k8s/overlays/${overlay}`);
  }, 180_000);

  it('F-scale OPS17: renders a deployment for every app', () => {
    const names = parsed(yaml)
      .filter((d) => d.kind === 'Deployment')
      .map((d) => d.metadata.name as string);
    expect(names.sort()).toEqual([...APPS].sort());
  });

  it('OPS17: fits the typed schemas', () => {
    expect(schemaProblems(yaml)).toEqual([]);
  });

  it('OPS17: is refused by the schemas when a field has the wrong type', () => {
    expect(schemaProblems(yaml.replaceAll('runAsNonRoot: true', 'runAsNonRoot: "yes"'))).not.toEqual([]);
  });

  it.each(Object.keys(RULES))('%s', (rule) => {
    expect(RULES[rule]!(parsed(yaml))).toEqual([]);
  });

  it.each(Object.keys(RULES))('is refused when it is broken: %s', (rule) => {
    const broken = parsed(yaml).filter((d) => !/Account|Autoscaler|Budget|Policy|ConfigMap/.test(d.kind));
    for (const d of broken.filter((w) => w.kind === 'Deployment')) {
      const pod = d.spec.template.spec;
      delete pod.topologySpreadConstraints;
      delete pod.containers[0].startupProbe;
      delete pod.containers[0].resources;
      delete pod.containers[0].securityContext;
      pod.containers[0].env.push({ name: 'ADMIN_PASSWORD', value: 'in the open' });
    }
    expect(RULES[rule]!(broken)).not.toEqual([]);
  });
});
