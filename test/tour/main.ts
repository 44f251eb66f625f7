import { readInstance } from './instance.js';
import { offline } from './offline.chapter.js';
import { people } from './people.chapter.js';
import { plans } from './plans.chapter.js';
import { sale } from './sale.chapter.js';
import { Teller } from './tell.js';

const tell = new Teller();
try {
  const dev = readInstance();
  process.stdout.write(`A tour of the Gatehouse at ${dev.public_url}\n`);
  const person = await people(dev, tell);
  const blob = await sale(dev, tell);
  await offline(dev, tell, blob);
  await plans(dev, tell, person);
  process.stdout.write(`\nAll ${tell.count} steps are as they should be.\n`);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
