/**
 * A second look at test files that failed in a whole run (docs/decisions/0033): those that run real processes are run
 * once more, by themselves. Who passes then has met a coincidence, which is a defect to be found, and is named as such.
 */
import path from 'node:path';

/** More files than this fail together by no coincidence. */
const MOST = 3;

/**
 * Real processes, sockets and clocks take part. What is decided by code alone fails for good, and of what leaks or lets
 * somebody in, once is too often.
 */
const meetsCoincidences = (file) => /\.(integration|e2e)\.spec\.ts$/.test(file) && !/[\\/]security[\\/]/.test(file);

/**
 * @typedef {{ file: string, passed: number, failed: number }} Failure a test file that failed, and its tests
 * @typedef {{ passed: number, failed: number, running: string[], failures: Failure[] }} Counts of a run
 * @param {Counts} first
 * @returns {string[]} the files to look at again; none when the run did not come to its end or one is beyond doubt
 */
export function worthAnotherLook({ running, failures }) {
  const files = failures.map(({ file }) => file);
  return running.length || files.length > MOST || !files.every(meetsCoincidences) ? [] : files;
}

/**
 * @param {Counts} first of all files
 * @param {Counts} second of those that failed
 * @returns {Counts & { coincidences: string[] }} of all files, each as it was seen last; who failed only at first
 */
export function together(first, second) {
  const again = first.failures.map(({ file }) => file);
  const sum = (of) => first.failures.reduce((all, failure) => all + of(failure), 0);
  const still = [...second.failures.map(({ file }) => file), ...second.running];
  return {
    passed: first.passed - sum((f) => f.passed) + second.passed,
    failed: first.failed - sum((f) => f.failed) + second.failed,
    running: second.running,
    failures: second.failures,
    coincidences: again.filter((file) => !still.includes(file)),
  };
}

/**
 * @param {string[]} files
 * @param {string} root
 * @returns {string} what is said of them at the end of the run
 */
export function tellCoincidences(files, root) {
  const names = files.map((file) => `  ${path.relative(root, file)}\n`).join('');
  return `\nFailed once, passed at a second look. Each is a defect of the product or of its test; its error is above:\n${names}`;
}
