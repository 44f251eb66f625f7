/**
 * The order of test files: large ones first, as jest does it, but those that start a whole system of their own far
 * from each other. Two of them at once, each killing processes and waiting for the other's, are late on two cores.
 */
import fs from 'node:fs';

const sizeOf = ({ path }) => fs.statSync(path).size;
const startsItsOwn = ({ path }) => fs.readFileSync(path, 'utf8').includes('startStack(');

export default class Sequencer {
  sort(tests) {
    const bySize = [...tests].sort((a, b) => sizeOf(b) - sizeOf(a));
    const heavy = bySize.filter(startsItsOwn);
    const rest = bySize.filter((test) => !heavy.includes(test));
    const apart = Math.max(1, Math.floor(rest.length / Math.max(heavy.length, 1)));
    return rest
      .flatMap((test, at) => (at % apart === 0 && heavy.length ? [heavy.shift(), test] : [test]))
      .concat(heavy);
  }

  shard(tests, { shardIndex, shardCount }) {
    return tests.filter((_, at) => at % shardCount === shardIndex - 1);
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {
    // The order does not depend on earlier runs.
  }
}
