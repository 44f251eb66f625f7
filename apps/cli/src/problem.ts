import { Told } from './told.js';

/** A failure that brings its own way out: a problem of this machine, of the configuration, of the schema. */
interface Explained extends Error {
  fix: string;
  /** A file that says more. */
  more?: string;
}

/** Says what failed, why, what to do and where to read more; no stack unless LOG_LEVEL asks for it. */
export function describe(error: unknown, debug: boolean): string {
  if (isExplained(error)) {
    const more = error.more ? `\nRead more: ${error.more}` : '';
    return `\n${sentence(error.message)}\nWhat to do: ${sentence(error.fix)}${more}\n`;
  }
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return '\nThe disk is full.\nWhat to do: make room and start again.\n';
  if (code === 'ENOENT' && path) return `\nThat failed: There is no file ${path}.\n`;
  if (error instanceof Told) return `\nThat failed: ${error.message}\n`;
  const text = error instanceof Error ? (debug ? error.stack : error.message) : String(error);
  return `\nThat failed: ${text}\nWhat to do: \`npm run doctor\` checks this machine; LOG_LEVEL=debug shows more.\n`;
}

const sentence = (text: string): string => {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.:!\n]$/.test(first) || first.includes('\n') ? first : `${first}.`;
};

const isExplained = (error: unknown): error is Explained =>
  error instanceof Error && typeof (error as Partial<Explained>).fix === 'string';
