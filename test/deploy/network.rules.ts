import { DATA_APPS, APPS } from '#contracts';
import {
  appOf,
  each,
  labelsOf,
  ofKind,
  selects,
  selectsOwn,
  workloads,
  type Manifest,
  type NetworkRule,
  type Rule,
} from './manifest.js';

/** Who opens connections to whom inside the namespace. */
const PAIRS = [
  ...[...APPS, 'migrate'].map((from) => `${from} → nats`),
  ...[...DATA_APPS, 'migrate'].map((from) => `${from} → postgres`),
  'gateway → realtime',
];

/** OPS10: nothing flows but what is declared, and both ends agree on it. */
export const declaredTraffic: Rule = (docs) => {
  const policies = ofKind(docs, 'NetworkPolicy');
  return [
    ...(policies.some(deniesAll) ? [] : ['nothing denies by default']),
    ...each(workloads(docs), (doc) => [
      !policies.some((policy) => isOwnPolicy(policy, doc)) && 'has no policy of its own, for both directions',
    ]),
    ...each(policies, ({ spec }) => [
      [...(spec.ingress ?? []), ...(spec.egress ?? [])].some(isOpen) && 'has a rule that allows everything',
    ]),
    ...difference(pairs(docs, 'egress'), 'to send'),
    ...difference(pairs(docs, 'ingress'), 'to receive'),
  ];
};

function deniesAll({ spec }: Manifest): boolean {
  const nothing = !spec.ingress && !spec.egress;
  return JSON.stringify(spec.podSelector) === '{}' && spec.policyTypes?.length === 2 && nothing;
}

const isOwnPolicy = ({ spec }: Manifest, workload: Manifest): boolean =>
  selectsOwn(spec.podSelector, labelsOf(workload)) && spec.policyTypes?.length === 2;

const isOpen = ({ ports, from, to }: NetworkRule): boolean => !ports?.length || !(from ?? to)?.length;

function pairs(docs: readonly Manifest[], way: 'ingress' | 'egress'): string[] {
  const found = ofKind(docs, 'NetworkPolicy').flatMap((policy) => {
    const here = workloads(docs).filter((doc) => selects(policy.spec.podSelector, labelsOf(doc)));
    const there = peers(docs, policy.spec[way] ?? []);
    return here.flatMap((own) => there.map((other) => (way === 'egress' ? [own, other] : [other, own])));
  });
  return [...new Set(found.map(([from, to]) => `${appOf(from!)} → ${appOf(to!)}`))];
}

/** Workloads of this namespace that some rules name. */
const peers = (docs: readonly Manifest[], rules: readonly NetworkRule[]): Manifest[] =>
  rules
    .flatMap(({ from, to }) => from ?? to ?? [])
    .flatMap(({ podSelector }) =>
      podSelector ? workloads(docs).filter((doc) => selects(podSelector, labelsOf(doc))) : [],
    );

const difference = (actual: string[], what: string): string[] => [
  ...PAIRS.filter((pair) => !actual.includes(pair)).map((pair) => `${pair}: is not allowed ${what}`),
  ...actual.filter((pair) => !PAIRS.includes(pair)).map((pair) => `${pair}: is allowed ${what}, and not declared`),
];
