import { ConfigProblems, type ConfigProblem } from './config-problems.js';
import { envOf, type EnvSpec } from './env.js';

/** A config class may check value against value; what it returns is told together with the rest. */
export interface VerifiedConfig {
  verify(): ConfigProblem[];
}

function readOne(spec: EnvSpec, raw: string | undefined): { value: unknown } | ConfigProblem {
  // Compose and Kubernetes pass unset variables on as empty ones.
  if (raw === undefined || raw.trim() === '') {
    if (spec.optional || spec.default !== undefined) return { value: spec.default };
    return { name: spec.name, wrong: 'is missing', fix: spec.fix };
  }
  try {
    return { value: spec.read(raw.trim()) };
  } catch (e) {
    const shown = spec.secret ? '' : ` (“${raw.length > 80 ? `${raw.slice(0, 80)}…` : raw}”)`;
    return { name: spec.name, wrong: `is ${(e as Error).message}${shown}`, fix: spec.fix };
  }
}

/**
 * Reads a whole config class from the environment and freezes it.
 * @throws ConfigProblems with every problem at once: the variable, what is wrong with it, and what to do.
 */
export function readConfig<T extends object>(target: new () => T, env: NodeJS.ProcessEnv = process.env): T {
  const config = new target();
  const problems: ConfigProblem[] = [];
  for (const spec of envOf(target)) {
    const read = readOne(spec, env[spec.name]);
    if ('wrong' in read) problems.push(read);
    else Object.assign(config, { [spec.property]: read.value });
  }
  // Values that could not be read would only bring follow-up complaints.
  const verify = (config as Partial<VerifiedConfig>).verify;
  if (!problems.length && verify) problems.push(...verify.call(config));
  if (problems.length) throw new ConfigProblems(problems);
  return Object.freeze(config);
}
