import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { StartProblem } from '#boot';
import { AGENT_SURFACES, AgentConfig, parse, Refusal } from '#contracts';
import { allowlistErrors, type AllowedValues } from './agent-config.rules.js';

/** What `config/agent.yaml` says. */
export interface AgentOptions {
  allowed: AllowedValues;
  defaults: Omit<AgentConfig, 'updated_at'>;
}

/** Sections of an agent's configuration, in the order of answers. */
export const SECTIONS = ['avatar', 'voice', ...AGENT_SURFACES] as const;

const LISTS = ['tts_providers', 'stt_providers', 'emotions'] as const;
const MEMBERS: string[] = [...LISTS, 'defaults'];
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** @throws StartProblem that tells everything that is wrong with the file */
export function readAgentFile(path: string): AgentOptions {
  const file = document(path);
  const problems = Object.keys(file)
    .filter((member) => !MEMBERS.includes(member))
    .map((member) => `${member}: is not known; only ${MEMBERS.join(', ')} are`);
  const [tts_provider, stt_provider, emotion] = LISTS.map((list) => namesIn(list, file[list], problems));
  const allowed = { tts_provider: tts_provider!, stt_provider: stt_provider!, emotion: emotion! };
  const defaults = defaultsIn(file.defaults, problems);
  problems.push(...allowlistErrors(defaults ?? {}, allowed).map((e) => `defaults.${e.field}: is not on its own list`));
  if (problems.length || !defaults) throw unusable(path, problems);
  return { allowed, defaults };
}

function namesIn(list: string, value: unknown, problems: string[]): string[] {
  const names = Array.isArray(value) ? (value as unknown[]) : [];
  if (!names.length) problems.push(`${list}: is no list of names`);
  for (const name of names) {
    if (typeof name !== 'string' || !NAME.test(name)) problems.push(`${list}: ${String(name)} is no name`);
  }
  return names as string[];
}

function defaultsIn(value: unknown, problems: string[]): AgentOptions['defaults'] | undefined {
  try {
    const { updated_at: _never, ...defaults } = parse(AgentConfig, { ...(value as object), updated_at: null });
    return JSON.parse(JSON.stringify(defaults)) as AgentOptions['defaults'];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push(...(error.extras.errors ?? []).map((e) => `defaults.${e.field}: ${e.detail}`));
    return undefined;
  }
}

function document(path: string): Record<string, unknown> {
  try {
    const read: unknown = parseYaml(readFileSync(path, 'utf8'));
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch (error) {
    throw unusable(path, [`it is no YAML: ${(error as Error).message.split('\n')[0]}`]);
  }
}

const unusable = (path: string, lines: string[]): StartProblem =>
  new StartProblem({
    what: `The choices for agents in ${path} cannot be used`,
    why: `\n${lines.map((line) => `  ${line}`).join('\n')}`,
    fix: 'Mend the file and start again.',
  });
