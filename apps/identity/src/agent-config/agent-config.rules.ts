import { AgentConfigPatch, parse, Refusal, ValidationFailed, type FieldError } from '#contracts';
import type { SectionsPatch } from './sections.rules.js';

/** Values that members of `voice` may have: the studio's lists. */
export interface AllowedValues {
  tts_provider: readonly string[];
  stt_provider: readonly string[];
  emotion: readonly string[];
}

/**
 * A change as it may be stored.
 * @throws Refusal `validation_failed` that names every bad field by its path: of the shape and of the lists at once
 */
export function readPatch(patch: Record<string, unknown>, allowed: AllowedValues): SectionsPatch {
  const errors = [...shapeErrors(patch)];
  const named = new Set(errors.map((e) => e.field));
  errors.push(...allowlistErrors(patch, allowed).filter((e) => !named.has(e.field)));
  if (errors.length) {
    throw ValidationFailed.with({ detail: `Mend these fields: ${errors.map((e) => e.field).join(', ')}.`, errors });
  }
  const { updated_at: _ignored, ...sections } = patch;
  return sections as SectionsPatch;
}

/** Members of `voice` whose text is not on its list; what is no text is a matter of shape. */
export function allowlistErrors(config: object, allowed: AllowedValues): FieldError[] {
  const voice = (config as { voice?: unknown }).voice;
  if (typeof voice !== 'object' || voice === null) return [];
  return Object.entries(allowed).flatMap(([member, values]: [string, readonly string[]]) => {
    const value = (voice as Record<string, unknown>)[member];
    if (typeof value !== 'string' || values.includes(value)) return [];
    const field = `voice.${member}`;
    return [{ field, code: 'not_allowed', detail: `${field} must be one of ${values.join(', ')}.` }];
  });
}

function shapeErrors(patch: Record<string, unknown>): FieldError[] {
  try {
    parse(AgentConfigPatch, patch);
    return [];
  } catch (error) {
    if (error instanceof Refusal && error.is(ValidationFailed)) return error.extras.errors ?? [];
    throw error;
  }
}
