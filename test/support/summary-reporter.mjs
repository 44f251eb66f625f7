/**
 * A jest reporter that keeps how far the run is in the file named by GATEHOUSE_TEST_COUNTS: how many tests have passed
 * and failed, and which files are running. `npm test` reads it, also when jest does not live to its end.
 */
import fs from 'node:fs';
import path from 'node:path';

export default class SummaryReporter {
  #file = process.env.GATEHOUSE_TEST_COUNTS;
  #running = new Set();
  #passed = 0;
  #failed = 0;

  onRunStart() {
    this.#write();
  }

  onTestFileStart(test) {
    this.#running.add(test.path);
    this.#write();
  }

  onTestFileResult(test, result) {
    this.#running.delete(test.path);
    this.#passed += result.numPassingTests;
    this.#failed += result.numFailingTests + (result.testExecError ? 1 : 0);
    this.#write();
  }

  onRunComplete() {
    this.#write();
  }

  #write() {
    if (!this.#file) return;
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    const counts = { passed: this.#passed, failed: this.#failed, running: [...this.#running] };
    fs.writeFileSync(this.#file, JSON.stringify(counts));
  }
}
