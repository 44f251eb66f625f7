import { StartProblem } from '#boot';
import { ClientPolicy, parse, Refusal, ValidationFailed } from '#contracts';
import { parse as parseYaml } from 'yaml';
import { authorizationProblems, isPrivateUseRedirect } from './authorization-policy.rules.js';

/** What `config/clients.yaml` says. */
export interface ClientsFile {
  default_client_id: string;
  /** The default of a way in that the default client does not have. */
  default_for: Partial<Record<Grant, string>>;
  clients: ClientPolicy[];
  /** Clients that exist in the development profile only: samples, with secrets that everybody knows. */
  development_clients: ClientPolicy[];
  /** Origins that count in the development profile only, by client. */
  development_origins: Map<string, string[]>;
  /** Hashes of the secrets of confidential clients, by client. */
  secret_hashes: Map<string, string[]>;
}

/** Ways in that a policy may allow. */
export const GRANTS = [
  'password',
  'refresh',
  'device',
  'pairing',
  'extension',
  'oauth',
  'web3',
  'client_credentials',
  'authorization_code',
] as const;
/** `impersonation` is no way in that a policy could allow: it is made for one session. */
export type Grant = (typeof GRANTS)[number] | 'impersonation';

/** Longest life of any access token (R-JW5); revocations are remembered that long. */
export const LONGEST_ACCESS_TTL = 3_600;

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DURATIONS = ['access_ttl', 'refresh_ttl', 'refresh_idle_ttl', 'license_token_ttl'];
const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9.-]+(:\d{1,5})?$/;
const DEFAULTS = {
  cookie_name: null,
  cookie_domain: null,
  cookie_same_site: 'Lax',
  body_fallback: 'off',
  license_token_ttl: 0,
  origins: [],
  redirects: [],
  registration: 'immediate',
  signing_alg: 'RS256',
  extension: null,
  confidential: false,
  first_party: false,
  scopes: [],
  post_logout_redirects: [],
};

/** What stands in an entry of the file and is no part of the policy. */
type Aside = Pick<ClientsFile, 'development_origins' | 'secret_hashes'>;

/**
 * Reads and checks the whole file.
 * @throws StartProblem that lists everything wrong with it, client by client
 */
export function readClientsFile(text: string, path: string): ClientsFile {
  const problems: string[] = [];
  const raw = yaml(text, path) as Partial<
    Record<'default' | 'default_for' | 'clients' | 'development_clients', unknown>
  >;
  const aside: Aside = { development_origins: new Map(), secret_hashes: new Map() };
  const read = (list: unknown): ClientPolicy[] =>
    Array.isArray(list)
      ? list.flatMap((entry) => readClient(entry as Record<string, unknown>, aside, problems) ?? [])
      : [];
  if (!Array.isArray(raw?.clients) || !raw.clients.length) problems.push('clients: is no list of client applications');
  const [clients, development_clients] = [read(raw?.clients), read(raw?.development_clients)];
  const ids = [...clients, ...development_clients].map((c) => c.client_id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) problems.push(`${id}: stands there twice`);
  if (typeof raw?.default !== 'string' || !clients.some((c) => c.client_id === raw.default)) {
    problems.push('default: names no client of this file');
  }
  const default_for = (raw?.default_for ?? {}) as ClientsFile['default_for'];
  for (const [grant, id] of Object.entries(default_for)) {
    const may = clients.find((c) => c.client_id === id)?.grants.includes(grant);
    if (!may) problems.push(`default_for: ${grant} names no client of this file that has it`);
  }
  if (problems.length) throw problem(path, problems);
  return { default_client_id: raw.default as string, default_for, clients, development_clients, ...aside };
}

function readClient(entry: Record<string, unknown>, aside: Aside, problems: string[]): ClientPolicy | undefined {
  const { development_origins, secret_hashes, ...rest } = entry ?? {};
  const name = typeof rest.client_id === 'string' ? rest.client_id : 'a client without client_id';
  try {
    const policy = parse(ClientPolicy, { ...DEFAULTS, ...withSeconds(rest) });
    const own = (development_origins as string[] | undefined) ?? [];
    const hashes = Array.isArray(secret_hashes) ? secret_hashes.map(String) : [];
    const wrong = [...contradictions(policy, own), ...authorizationProblems(policy, hashes)];
    problems.push(...wrong.map((p) => `${name}: ${p}`));
    aside.development_origins.set(policy.client_id, own);
    aside.secret_hashes.set(policy.client_id, hashes);
    return policy;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push(...(error.extras.errors ?? []).map((e) => `${name}: ${e.detail}`));
    return undefined;
  }
}

/**
 * One policy by the rules of the file.
 * @param secretHashes of the secrets that the client has
 * @throws Refusal `validation_failed` that tells everything that is wrong
 */
export function checkedPolicy(entry: Record<string, unknown>, secretHashes: readonly string[]): ClientPolicy {
  const policy = parse(ClientPolicy, { ...DEFAULTS, ...withSeconds(entry) });
  const wrong = [...contradictions(policy, []), ...authorizationProblems(policy, secretHashes)];
  if (!wrong.length) return policy;
  const errors = wrong.map((detail) => {
    const [first = ''] = detail.split(' ');
    return { field: Object.hasOwn(policy, first) ? first : 'policy', code: 'not_allowed', detail: `${detail}.` };
  });
  throw ValidationFailed.with({ detail: `${wrong.join('; ')}.`, errors });
}

/** `15m`, `90d` and the like in seconds; what is no duration is left for validation to refuse. */
function withSeconds(entry: Record<string, unknown>): Record<string, unknown> {
  const seconds = DURATIONS.filter((key) => typeof entry[key] === 'string').map((key) => {
    const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(entry[key] as string) ?? [];
    return [key, unit ? Number(count) * UNITS[unit]! : entry[key]];
  });
  return { ...entry, ...Object.fromEntries(seconds) };
}

/** What each value allows and the whole does not. */
function contradictions(p: ClientPolicy, developmentOrigins: string[]): string[] {
  const wrong: [boolean, string][] = [
    [p.access_ttl > LONGEST_ACCESS_TTL, `access_ttl is longer than ${LONGEST_ACCESS_TTL / 60} minutes`],
    [p.access_ttl > p.refresh_idle_ttl, 'access_ttl is longer than refresh_idle_ttl'],
    [p.refresh_idle_ttl > p.refresh_ttl, 'refresh_idle_ttl is longer than refresh_ttl'],
    [p.audience.length === 0, 'audience is empty'],
    [p.delivery === 'cookie' && !p.cookie_name, 'delivery is cookie and cookie_name is missing'],
    [p.delivery === 'none' && p.grants.includes('refresh'), 'it gets no refresh token and has the grant refresh'],
    [p.extension != null && !p.grants.includes('extension'), 'it is an extension without the grant extension'],
    [p.cookie_same_site === 'None' && p.delivery === 'cookie' && !p.origins.length, 'SameSite=None without origins'],
    ...p.grants.map((g): [boolean, string] => [!(GRANTS as readonly string[]).includes(g), `${g} is no grant`]),
    ...[...p.origins, ...developmentOrigins].map((o): [boolean, string] => [!ORIGIN.test(o), `${o} is no origin`]),
    ...p.redirects.map((r): [boolean, string] => [
      !isRedirect(r) && !isPrivateUseRedirect(r),
      `${r} is no address to return to`,
    ]),
  ];
  return wrong.filter(([applies]) => applies).map(([, text]) => text);
}

const isRedirect = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !text.includes('#') && !new URL(text).username;

function yaml(text: string, path: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw problem(path, [(error as Error).message.split('\n')[0]!]);
  }
}

const problem = (path: string, lines: string[]): StartProblem =>
  new StartProblem({
    what: `The client applications in ${path} cannot be used`,
    why: `\n${lines.map((line) => `  ${line}`).join('\n')}`,
    fix: 'Mend the file and start again; docs/reference lists the fields.',
  });
