import { startStack } from '../test/support/index.js';
import { register } from '../test/support/people.js';
import { broadcastFigure } from './broadcast.figure.js';
import { floodFigure } from './flood.figure.js';
import { exportFigure, logFigure } from './import.figure.js';
import { loginFigure } from './login.figure.js';
import { mailedFigure } from './mailed.figure.js';
import { meFigure } from './me.figure.js';
import { pingsFigure } from './pings.figure.js';
import { idleFigure, oneAtATimeFigure, saturatedFigure } from './realtime.figure.js';
import { refreshFigure } from './refresh.figure.js';
import { print, type BenchContext, type Row } from './report.js';
import { revocationFigure } from './revocation.figure.js';
import { startFigure } from './start.figure.js';
import { webhookFigure } from './webhook.figure.js';

const FIGURES: Record<string, (context: BenchContext) => Promise<Row>> = {
  me: meFigure,
  login: loginFigure,
  flood: floodFigure,
  refresh: refreshFigure,
  webhook: webhookFigure,
  pings: pingsFigure,
  'sale-to-mail': mailedFigure,
  'import-log': logFigure,
  'import-export': exportFigure,
  'fan-out': saturatedFigure,
  'fan-out-one': oneAtATimeFigure,
  idle: idleFigure,
  broadcast: broadcastFigure,
  revocation: revocationFigure,
};

/** `npm run bench [-- me login …]`: each figure with its baseline in the same run. */
const asked = process.argv.slice(2);
const names = [...Object.keys(FIGURES), 'start'];
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length) {
  process.stderr.write(`No figure is called ${unknown.join(', ')}. There are: ${names.join(', ')}.\n`);
  process.exit(2);
}
const chosen = Object.keys(FIGURES).filter((name) => asked.length === 0 || asked.includes(name));
let reached = true;
if (chosen.length > 0) {
  // The load comes from one address, and it is not the limiter that is measured.
  const stack = await startStack({ env: { RATE_LIMIT_FACTOR: '100000', GATEHOUSE_NODE_FLAGS: '' } });
  try {
    const context = { stack, person: await register(stack.info) };
    for (const name of chosen) reached = print(await FIGURES[name]!(context)) && reached;
  } finally {
    await stack.stop();
  }
}
if (asked.length === 0 || asked.includes('start')) print(await startFigure());
process.exitCode = reached ? 0 : 1;
