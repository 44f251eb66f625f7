import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { StartProblem } from '#boot';
import { SETTING, SETTING_TYPES, typeProblem, type SettingType } from './broadcast-config.rules.js';

/** What `config/broadcast.yaml` says. */
export interface BroadcastPresets {
  default_id: string;
  ids: ReadonlySet<string>;
  /** Types of the settings that have one. */
  types: ReadonlyMap<string, SettingType>;
}

type Members = Record<string, unknown>;

const MEMBERS = ['default', 'settings', 'presets'];
const PRESET_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** @throws StartProblem that tells everything that is wrong with the file */
export function readBroadcastFile(path: string): BroadcastPresets {
  const file = document(path);
  const problems = Object.keys(file)
    .filter((member) => !MEMBERS.includes(member))
    .map((member) => `${member}: is not known; only ${MEMBERS.join(', ')} are`);
  const types = typesIn(file.settings, problems);
  const ids = presetsIn(file.presets, types, problems);
  if (typeof file.default !== 'string' || !ids.has(file.default))
    problems.push('default: names no preset of this file');
  if (problems.length) throw unusable(path, problems);
  return { default_id: file.default as string, ids, types };
}

function typesIn(value: unknown, problems: string[]): Map<string, SettingType> {
  const types = new Map<string, SettingType>();
  for (const [name, type] of Object.entries(membersOf(value))) {
    if (!SETTING.test(name)) problems.push(`settings.${name}: is no name of a setting`);
    if (!SETTING_TYPES.includes(type as SettingType)) {
      problems.push(`settings.${name}: must be one of ${SETTING_TYPES.join(', ')}`);
    }
    types.set(name, type as SettingType);
  }
  return types;
}

function presetsIn(value: unknown, types: Map<string, SettingType>, problems: string[]): Set<string> {
  const entries = Array.isArray(value) ? value.map(membersOf) : [];
  if (!entries.length) problems.push('presets: is no list of presets');
  const ids = new Set<string>();
  for (const { id, name, settings } of entries) {
    const at = typeof id === 'string' && PRESET_ID.test(id) ? id : undefined;
    if (!at) problems.push(`presets: ${String(id)} is no id of a preset`);
    else if (ids.has(at)) problems.push(`${at}: stands there twice`);
    if (at && typeof name !== 'string') problems.push(`${at}: has no name`);
    problems.push(...settingProblems(settings, types).map((problem) => `${at ?? 'presets'}: ${problem}`));
    if (at) ids.add(at);
  }
  return ids;
}

const settingProblems = (settings: unknown, types: Map<string, SettingType>): string[] =>
  Object.entries(membersOf(settings)).flatMap(([name, value]) => {
    if (!types.has(name)) return [`${name} is not among the settings`];
    const problem = typeProblem(value, types.get(name));
    return problem ? [`${name} ${problem}`] : [];
  });

function document(path: string): Members {
  try {
    return membersOf(parseYaml(readFileSync(path, 'utf8')));
  } catch (error) {
    throw unusable(path, [`it is no YAML: ${(error as Error).message.split('\n')[0]}`]);
  }
}

const unusable = (path: string, lines: string[]): StartProblem =>
  new StartProblem({
    what: `The broadcast presets in ${path} cannot be used`,
    why: `\n${lines.map((line) => `  ${line}`).join('\n')}`,
    fix: 'Mend the file and start again.',
  });
