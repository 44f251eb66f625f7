import {
  AcknowledgeErasure,
  BillingPlanChanged,
  ClaimRenpy,
  LicenseIssued,
  MintLicense,
  NotFound,
  PersonalData,
  ReadErasure,
  ReadLicense,
  SearchLicenses,
  Unavailable,
  UserErased,
} from '#contracts';
import { newId } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
const acknowledged: string[] = [];
let known: { user_id: string; email: string | null } | undefined;

beforeEach(async () => {
  app = await LicensingApp.start();
  acknowledged.length = 0;
  known = undefined;
  app.neighbours.on(AcknowledgeErasure, ({ erasure_id }) => {
    acknowledged.push(erasure_id);
    return {};
  });
  app.neighbours.on(ReadErasure, () => {
    if (!known) throw NotFound.with();
    return known;
  });
});
afterEach(() => app.stop());

/** Somebody with a sold license, a claim and a paid plan. */
async function customer(email: string): Promise<{ user_id: string; license_key: string }> {
  const user_id = newId();
  app.neighbours.owners.set(email, user_id);
  app.neighbours.addresses.set(user_id, email);
  const input = { name: 'Alan Turing', email, tier: 'pro' as const, years: 1, notes: `for ${email}`, order: newId() };
  const { license_key } = await app.ask(MintLicense, { ...input, idempotency_key: newId() });
  await app.deliverOwn(LicenseIssued);
  await app.ask(ClaimRenpy, { evidence: { mail: email } }, { user_id });
  const change = { event_id: newId(), user_id, plan: 'team' as const, effective_at: new Date(0).toISOString() };
  await app.deliver(BillingPlanChanged, change);
  return { user_id, license_key };
}

async function everything(): Promise<string> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('outbox', 'inbox')`,
  );
  return JSON.stringify(
    await Promise.all(tables.map(({ name }) => app.database.query(`SELECT t::text FROM "${name}" t`))),
  );
}

it('C-account.delete R-GD2: no table knows address, name or id any more, and accounting still knows what was sold', async () => {
  const { user_id, license_key } = await customer('alan@example.test');
  const other = await customer('ada@example.test');
  const before = await app.ask(ReadLicense, { license_key });
  known = { user_id, email: 'Alan@Example.test' };
  const erasure_id = newId();
  await app.deliver(UserErased, { erasure_id, user_id });
  await eventually('the acknowledgement', 10_000, async () => (acknowledged.includes(erasure_id) ? true : undefined));
  const left = await everything();
  for (const trace of ['alan@example.test', user_id, Buffer.from('alan@example.test').toString('base64url')]) {
    expect(left.toLowerCase()).not.toContain(trace.toLowerCase());
  }
  const after = await app.ask(ReadLicense, { license_key });
  const { tier, issued_at, expires_at, gumroad_order_id } = before;
  expect(after).toMatchObject({ tier, issued_at, expires_at, gumroad_order_id, name: 'erased', user_id: null });
  expect(left).toContain(other.user_id);
  expect(left).toContain('ada@example.test');
});

it('R-GD2: an address that was not proven takes no license away', async () => {
  await customer('alan@example.test');
  const user_id = newId();
  known = { user_id, email: null };
  await app.deliver(UserErased, { erasure_id: newId(), user_id });
  const { licenses } = await app.ask(SearchLicenses, { email: 'alan@example.test' });
  expect(licenses).toHaveLength(1);
});

it('R-GD2: five deliveries at once and one later are one erasure, each acknowledged', async () => {
  const { user_id } = await customer('alan@example.test');
  known = { user_id, email: 'alan@example.test' };
  const erasure_id = newId();
  await parallel(5, () => app.deliver(UserErased, { erasure_id, user_id }));
  known = undefined;
  await app.deliver(UserErased, { erasure_id, user_id });
  await eventually('six acknowledgements', 10_000, async () => (acknowledged.length === 6 ? true : undefined));
  expect(await everything()).not.toContain('alan@example.test');
});

it('R-GD2: nothing is erased and nothing acknowledged while identity cannot be asked', async () => {
  const { user_id } = await customer('alan@example.test');
  app.neighbours.away.add(ReadErasure.name);
  const refused = await refusal(app.deliver(UserErased, { erasure_id: newId(), user_id }));
  expect(refused.code).toBe(Unavailable.with().code);
  expect(await everything()).toContain('alan@example.test');
  expect(acknowledged).toEqual([]);
});

it('R-GD2: an acknowledgement that fails at first is not left for the next telling', async () => {
  const { user_id } = await customer('alan@example.test');
  known = { user_id, email: 'alan@example.test' };
  let refused = 0;
  app.neighbours.on(AcknowledgeErasure, ({ erasure_id }) => {
    if (refused++ === 0) throw Unavailable.with();
    acknowledged.push(erasure_id);
    return {};
  });
  const erasure_id = newId();
  await app.deliver(UserErased, { erasure_id, user_id });
  await eventually('the acknowledgement', 20_000, async () => (acknowledged.includes(erasure_id) ? true : undefined));
});

it('R-GD3: shows a person what was sold, claimed and granted to them, and nothing of others', async () => {
  const { user_id, license_key } = await customer('alan@example.test');
  await customer('ada@example.test');
  const { data } = await app.ask(PersonalData.licensing, { user_id, email: 'alan@example.test' });
  expect(data).toMatchObject({
    licenses: [{ license_key, email: 'alan@example.test', tier: 'pro' }],
    claims: [{ evidence: { mail: 'alan@example.test' } }],
    entitlement: [{ plan: 'team' }],
  });
  expect(JSON.stringify(data)).not.toContain('ada@example.test');
  expect(JSON.stringify(data)).not.toContain('DTLIC2:');
});
