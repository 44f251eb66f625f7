import { StartProblem } from '../start/start-problem.js';

/** One thing wrong with the environment. */
export interface ConfigProblem {
  /** Name of the environment variable. */
  name: string;
  /** What is wrong, as the rest of a sentence that begins with the name: `is missing`. */
  wrong: string;
  /** What to do about it, a sentence. */
  fix: string;
}

/** Everything that is wrong with the configuration, told at once. */
export class ConfigProblems extends StartProblem {
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  ${p.name} ${p.wrong}. ${p.fix}`);
    super({
      what:
        problems.length === 1 ? 'The configuration has a problem' : `The configuration has ${problems.length} problems`,
      why: `\n${lines.join('\n')}`,
      fix: 'Mend the environment and start again; docs/reference lists every variable.',
    });
    this.name = 'ConfigProblems';
  }
}
