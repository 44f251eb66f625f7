/**
 * A jest reporter that keeps how far the run is in the file named by GATEHOUSE_TEST_COUNTS: how many tests have passed
 * and failed, which files are running and which have failed. `npm test` reads it, also when jest does not live to its
 * end.
 */
import fs from 'node:fs';
import path from 'node:path';

export default class SummaryReporter {
  #file = process.env.GATEHOUSE_TEST_COUNTS;
  #running = new Set();
  #passed = 0;
  #failed = 0;
  #failures = [];

  onRunStart() {
    this.#write();
  }

  onTestFileStart(test) {
    this.#running.add(test.path);
    this.#write();
  }

  onTestFileResult(test, result) {
    this.#running.delete(test.path);
    const passed = result.numPassingTests;
    const failed = result.numFailingTests + (result.testExecError ? 1 : 0);
    this.#passed += passed;
    this.#failed += failed;
    if (failed) this.#failures.push({ file: test.path, passed, failed });
    this.#write();
  }

  onRunComplete() {
    this.#write();
  }

  #write() {
    if (!this.#file) return;
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    const [running, failures] = [[...this.#running], this.#failures];
    fs.writeFileSync(this.#file, JSON.stringify({ passed: this.#passed, failed: this.#failed, running, failures }));
  }
}
