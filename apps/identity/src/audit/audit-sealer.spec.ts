import type { Log } from '#boot';
import type { Transactions } from '#persistence';
import type { MacKeys } from '../keys/mac-keys.service.js';
import type { AuditLogRepository } from './audit-log.repository.js';
import { AuditSealer } from './audit-sealer.service.js';

const NOBODY = { subject: null, actor: null, caller: null, client_id: null, session_id: null, request_id: null };
const ENTRY = {
  seq: '1',
  id: 'e-1',
  at: new Date(0),
  event: 'auth.login',
  ...NOBODY,
  factors: [],
  cause: null,
  data: '',
};

/** A sealer with one entry to seal, whose key comes when the test says so. */
function sealerOf() {
  const keys = {
    areThere: false,
    get audit(): Buffer {
      if (!keys.areThere) throw new Error('not there yet');
      return Buffer.alloc(32, 1);
    },
  };
  const seals: unknown[] = [];
  const stored = {
    lastSeal: () => Promise.resolve(seals.at(-1)),
    hasUnsealed: () => Promise.resolve(!seals.length),
    tryLockSealing: () => Promise.resolve(true),
    entriesAfter: () => Promise.resolve([ENTRY]),
    addSeal: (seal: object) => Promise.resolve(seals.push({ ...seal })),
  };
  const doNow = <T>(work: () => T): T => work();
  const tx = { outside: doNow, run: doNow, afterCommit: doNow };
  const told: string[] = [];
  const note = (message: string) => void told.push(message);
  const sealer = new AuditSealer(
    tx as unknown as Transactions,
    stored as unknown as AuditLogRepository,
    keys as unknown as MacKeys,
    { error: note, info: () => undefined } as unknown as Log,
  );
  return { sealer, keys, seals, told };
}

describe('the sealing of the audit log', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('R-LG3: waits for its key without a word, and seals what has waited once that is there', async () => {
    const { sealer, keys, seals, told } = sealerOf();
    sealer.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(3_000);
    expect([seals, told]).toEqual([[], []]);
    keys.areThere = true;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(seals).toHaveLength(1);
    await sealer.beforeApplicationShutdown();
  });
});
