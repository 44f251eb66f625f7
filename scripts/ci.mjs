/** `.ci/run`: every test and every check, without a person. The last line, alone, is `N passed, N failed`. */
import { check } from './check.mjs';
import { test } from './test.mjs';

const tests = await test(['--ci']);
const checks = await check();
const good = checks.filter((step) => step.ok).length;
const passed = tests.passed + good;
const failed = tests.failed + checks.length - good;
process.stdout.write(`${tests.said}\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed || !tests.ok ? 1 : 0;
