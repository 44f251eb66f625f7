/** `npm run nightly`: the tests, each search as long as its rule asks for. Arguments are jest's. */
import { test } from './test.mjs';

process.env.NIGHTLY = '1';
process.env.GATEHOUSE_TEST_SILENCE_MINUTES ??= '120';
const { ok } = await test(process.argv.slice(2));
process.exitCode = ok ? 0 : 1;
