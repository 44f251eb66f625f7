import {
  BroadcastConfigPatch,
  parse,
  Refusal,
  UnknownPreset,
  ValidationFailed,
  type FieldError,
  type StreamOverrides,
} from '#contracts';
import { mergeSections, type SectionsPatch } from '../agent-config/sections.rules.js';

export const SETTING_TYPES = ['text', 'number', 'flag'] as const;
export type SettingType = (typeof SETTING_TYPES)[number];

/** Name of a setting. */
export const SETTING = /^[a-z][a-z0-9_]{0,63}$/;
const STREAM = /^[A-Za-z0-9_.:-]{1,128}$/;
const CLEAN_TEXT = /^[^\u0000\p{Cs}]{0,2000}$/u;
/** Of all overrides of a person together, as JSON. */
const MOST_BYTES = 64 * 1024;

const TYPE_OF: Record<string, SettingType> = { string: 'text', number: 'number', boolean: 'flag' };

const fails = (field: string, code: string, detail: string): FieldError => ({ field, code, detail });

/** What is wrong with a setting's value, or nothing. */
export function typeProblem(value: unknown, wanted: SettingType | undefined): string | undefined {
  const type = TYPE_OF[typeof value];
  if (!type) return 'must be text, a number or a flag';
  if (wanted && type !== wanted) return `must be a ${wanted}`;
  if (type === 'text' && !CLEAN_TEXT.test(value as string)) return 'must have at most 2000 characters and no NUL';
  return undefined;
}

/**
 * A change as it may be merged.
 * @throws Refusal `validation_failed` that names every bad field by its path; `unknown_preset`
 */
export function readPatch(
  patch: Record<string, unknown>,
  known: { ids: ReadonlySet<string>; types: ReadonlyMap<string, SettingType> },
): BroadcastConfigPatch {
  const errors = shapeErrors(patch);
  if (!errors.some((e) => e.field === 'overrides')) errors.push(...overrideErrors(patch.overrides, known.types));
  const { preset_id } = patch;
  const isUnknown = typeof preset_id === 'string' && preset_id.length > 0 && !known.ids.has(preset_id);
  const unknown = isUnknown ? [fails('preset_id', 'unknown_preset', 'preset_id names no preset.')] : [];
  if (errors.length) {
    const all = [...errors, ...unknown.filter((u) => !errors.some((e) => e.field === u.field))];
    throw ValidationFailed.with({ detail: `Mend these fields: ${all.map((e) => e.field).join(', ')}.`, errors: all });
  }
  if (isUnknown) throw UnknownPreset.with({ detail: `The presets are ${[...known.ids].join(', ')}.`, errors: unknown });
  return patch as BroadcastConfigPatch;
}

/** The overrides after a change. @throws Refusal `validation_failed` when they are too many together */
export function mergeOverrides(stored: StreamOverrides, change: BroadcastConfigPatch['overrides']): StreamOverrides {
  if (change === undefined) return stored;
  if (change === null || !Object.keys(change).length) return {};
  const emptied = Object.entries(change).map(([stream, settings]) => [
    stream,
    settings && Object.keys(settings).length ? settings : null,
  ]);
  const merged = mergeSections(stored, Object.fromEntries(emptied) as SectionsPatch) as StreamOverrides;
  if (Buffer.byteLength(JSON.stringify(merged)) <= MOST_BYTES) return merged;
  const detail = `overrides must have at most ${MOST_BYTES / 1024} KiB together.`;
  throw ValidationFailed.with({ detail, errors: [fails('overrides', 'too_large', detail)] });
}

function overrideErrors(overrides: unknown, types: ReadonlyMap<string, SettingType>): FieldError[] {
  return Object.entries((overrides as Record<string, unknown> | undefined) ?? {}).flatMap(([stream, settings]) => {
    const at = `overrides.${stream.slice(0, 128)}`;
    if (!STREAM.test(stream)) return [fails(at, 'invalid_format', `${at} is no id of a stream.`)];
    if (settings === null) return [];
    if (typeof settings !== 'object' || Array.isArray(settings)) {
      return [fails(at, 'invalid_type', `${at} must be an object of settings.`)];
    }
    return Object.entries(settings as object).flatMap(([name, value]) => settingErrors(at, name, value, types));
  });
}

function settingErrors(
  at: string,
  name: string,
  value: unknown,
  types: ReadonlyMap<string, SettingType>,
): FieldError[] {
  const field = `${at}.${name.slice(0, 64)}`;
  if (!SETTING.test(name)) return [fails(field, 'invalid_format', `${field} is no name of a setting.`)];
  if (value === null) return [];
  const problem = typeProblem(value, types.get(name));
  return problem ? [fails(field, 'invalid_type', `${field} ${problem}.`)] : [];
}

function shapeErrors(patch: Record<string, unknown>): FieldError[] {
  try {
    parse(BroadcastConfigPatch, patch);
    return [];
  } catch (error) {
    if (error instanceof Refusal && error.is(ValidationFailed)) return [...(error.extras.errors ?? [])];
    throw error;
  }
}
