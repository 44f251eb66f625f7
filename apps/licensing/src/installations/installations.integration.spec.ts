import { randomUUID } from 'node:crypto';
import {
  AcknowledgeErasure,
  DeviceApproved,
  EndInstallations,
  InstallationRemoved,
  ListInstallations,
  NotFound,
  ReadErasure,
  ReadInstallation,
  ReadSightings,
  RemoveInstallation,
  UserErased,
} from '#contracts';
import { newId } from '#persistence';
import { LicensingApp, refusal } from '../../test/licensing-app.js';

/** What identity knows of each installation. */
const approved = new Map<string, { user_id: string; name: string }>();
const seen = new Map<string, string>();
const ended: string[] = [];

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
  app.neighbours.on(ReadInstallation, ({ installation_id }) => {
    const found = approved.get(installation_id);
    if (!found) throw NotFound.with();
    const rest = { client_id: 'branchpy-cli', platform: 'linux', app_version: null };
    return { ...found, ...rest, approved_at: '2026-03-01T10:00:00.000Z' };
  });
  app.neighbours.on(ReadSightings, ({ installation_ids }) => ({
    sightings: installation_ids
      .filter((id) => seen.has(id))
      .map((id) => ({ installation_id: id, last_seen_at: seen.get(id)! })),
  }));
  app.neighbours.on(EndInstallations, ({ installation_ids }) => {
    ended.push(...installation_ids);
    return { session_ids: installation_ids.map((id) => `session-of-${id}`) };
  });
});
afterAll(() => app?.stop());
afterEach(() => app.neighbours.away.clear());

/** An approved device, as identity tells of it. */
async function installed(user_id: string, name = 'Laptop'): Promise<string> {
  const installation_id = newId();
  approved.set(installation_id, { user_id, name });
  await app.deliver(DeviceApproved, { user_id, installation_id, client_id: 'branchpy-cli' });
  return installation_id;
}
const list = async (user_id: string) => (await app.ask(ListInstallations, {}, { user_id })).installations;
const remove = (user_id: string, installation_id: string) =>
  app.ask(RemoveInstallation, { installation_id }, { user_id });

describe('installations', () => {
  it('A-installations: an approved device is one of its person’s, and of nobody else’s', async () => {
    const [who, other] = [newId(), newId()];
    const id = await installed(who);
    expect(await list(who)).toEqual([
      {
        ...{ id, client_id: 'branchpy-cli', name: 'Laptop', platform: 'linux', app_version: null },
        ...{ created_at: '2026-03-01T10:00:00.000Z', last_seen_at: '2026-03-01T10:00:00.000Z' },
      },
    ]);
    expect(await list(other)).toEqual([]);
  });

  it('A-installations: told twice it is one, and one that was taken back is none', async () => {
    const who = newId();
    const installation_id = await installed(who);
    await app.deliver(DeviceApproved, { user_id: who, installation_id, client_id: 'branchpy-cli' });
    await app.deliver(DeviceApproved, { user_id: who, installation_id: randomUUID(), client_id: 'branchpy-cli' });
    expect(await list(who)).toHaveLength(1);
  });

  it('A-installations: while identity is away the event waits', async () => {
    const who = newId();
    app.neighbours.away.add(ReadInstallation.name);
    expect(await refusal(installed(who))).toEqual({ code: 'unavailable' });
    expect(await list(who)).toEqual([]);
  });

  it('A-installations: shows when it was used last, and remembers it while identity is away', async () => {
    const who = newId();
    const id = await installed(who);
    seen.set(id, '2026-04-02T12:00:00.000Z');
    expect((await list(who))[0]!.last_seen_at).toBe('2026-04-02T12:00:00.000Z');
    app.neighbours.away.add(ReadSightings.name);
    expect((await list(who))[0]!.last_seen_at).toBe('2026-04-02T12:00:00.000Z');
    app.neighbours.away.clear();
    seen.set(id, '2026-04-01T12:00:00.000Z');
    expect((await list(who))[0]!.last_seen_at).toBe('2026-04-02T12:00:00.000Z');
  });

  it('A-installations: a removed one is gone, its session has ended, and its removal is told', async () => {
    const who = newId();
    const [id, kept] = [await installed(who), await installed(who, 'Tower')];
    expect(await remove(who, id)).toEqual({ session_ids: [`session-of-${id}`] });
    expect(ended).toEqual([id]);
    expect((await list(who)).map((i) => i.id)).toEqual([kept]);
    const told = (await app.events(InstallationRemoved)).filter((e) => e.data.user_id === who);
    expect(told.map((e) => e.data)).toEqual([{ user_id: who, installation_id: id }]);
    expect(await refusal(remove(who, id))).toEqual({ code: 'not_found' });
  });

  it('A-installations: is removed while identity is away; the event ends its session then', async () => {
    const who = newId();
    const id = await installed(who);
    app.neighbours.away.add(EndInstallations.name);
    expect(await remove(who, id)).toEqual({ session_ids: [] });
    expect((await app.events(InstallationRemoved)).map((e) => e.data.installation_id)).toContain(id);
  });

  it('R-GD2: goes with its person', async () => {
    const [who, other] = [newId(), newId()];
    await Promise.all([installed(who), installed(other)]);
    app.neighbours.on(ReadErasure, () => ({ user_id: who, email: null }));
    app.neighbours.on(AcknowledgeErasure, () => ({}));
    await app.deliver(UserErased, { erasure_id: newId(), user_id: who });
    expect([await list(who), (await list(other)).length]).toEqual([[], 1]);
  });

  it('R-AD5: another person’s is not there', async () => {
    const [who, other] = [newId(), newId()];
    const id = await installed(who);
    expect(await refusal(remove(other, id))).toEqual({ code: 'not_found' });
    expect(await list(who)).toHaveLength(1);
  });
});
