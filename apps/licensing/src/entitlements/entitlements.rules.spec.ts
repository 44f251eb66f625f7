import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { PLANS, TIERS } from '#contracts';
import { planCatalog } from '../plans/plans.rules.js';
import { decide, type Grant, type OwnedLicense } from './entitlements.rules.js';

const { catalog } = planCatalog(parse(readFileSync(join(__dirname, '../../../../config/plans.yaml'), 'utf8')));
const NOW = new Date('2027-06-01T12:00:00.000Z');
const at = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);

const grant = (more: Partial<Grant>): Grant => ({
  source: 'billing',
  plan: 'pro',
  features: null,
  effective_at: at(-10),
  expires_at: null,
  ...more,
});
const claim = grant({ source: 'claim', plan: 'renpy_free' });
const license = (more: Partial<OwnedLicense> = {}): OwnedLicense => ({
  license_key: 'DT1-CORE-0000-0000',
  tier: 'core',
  issued_at: at(-30),
  expires_at: at(300),
  revoked_at: null,
  suspended_at: null,
  ...more,
});
const told = (grants: Grant[], licenses: OwnedLicense[] = [], now = NOW) => {
  const { plan, status, expires_at, due_at } = decide({ grants, licenses }, catalog, now);
  return { plan, status, expires_at, due_at };
};

describe('the rules of an entitlement', () => {
  it('A-user-states: nothing, a claim, a paid plan', () => {
    expect(told([])).toEqual({ plan: 'free', status: 'unregistered', expires_at: null, due_at: null });
    expect(told([claim])).toMatchObject({ plan: 'renpy_free', status: 'registered_free' });
    expect(told([claim, grant({ plan: 'basic' })])).toMatchObject({ plan: 'basic', status: 'licensed' });
    expect(told([claim], [license()])).toMatchObject({ plan: 'core', status: 'licensed', expires_at: at(300) });
  });

  it('A-claim: a claim never lowers a paid plan, and stays when that ends', () => {
    const sources = [claim, grant({ plan: 'team', expires_at: at(5) })];
    expect(told(sources)).toMatchObject({ plan: 'team', expires_at: at(5), due_at: at(5) });
    expect(told(sources, [], at(6))).toMatchObject({ plan: 'renpy_free', status: 'registered_free' });
  });

  it('A-claim: what was claimed at a replica whose clock is ahead is in force at the others at once', () => {
    const ahead = { ...claim, effective_at: new Date(NOW.getTime() + 20) };
    expect(told([ahead])).toEqual({
      plan: 'renpy_free',
      status: 'registered_free',
      expires_at: null,
      due_at: null,
    });
  });

  it('F-plan-change: of the billing grants the latest that has taken effect counts', () => {
    const grants = [grant({ plan: 'team', effective_at: at(-3) }), grant({ plan: 'pro', effective_at: at(2) })];
    expect(told(grants)).toMatchObject({ plan: 'team', due_at: at(2) });
    expect(told(grants, [], at(2))).toMatchObject({ plan: 'pro', due_at: null });
    const ended = [...grants, grant({ plan: 'free', effective_at: at(3) })];
    expect(told(ended, [], at(4))).toMatchObject({ plan: 'free', status: 'expired' });
  });

  it('a later grant that has expired does not bring an earlier one back', () => {
    const grants = [grant({ plan: 'pro' }), grant({ plan: 'team', effective_at: at(-5), expires_at: at(-1) })];
    expect(told(grants)).toMatchObject({ plan: 'free', status: 'expired' });
  });

  it('A-entitlements: licenses that are revoked, suspended or expired count for nothing', () => {
    expect(told([], [license({ revoked_at: at(-1) })])).toMatchObject({ plan: 'free', status: 'unregistered' });
    expect(told([], [license({ suspended_at: at(-1) })])).toMatchObject({ plan: 'free', status: 'suspended' });
    expect(told([], [license({ expires_at: NOW })])).toMatchObject({ plan: 'free', status: 'expired' });
  });

  it('a plan that is held twice lasts as long as the longer one', () => {
    expect(told([], [license(), license({ expires_at: at(500) })])).toMatchObject({
      expires_at: at(500),
      due_at: at(300),
    });
    expect(told([grant({ plan: 'core' })], [license()])).toMatchObject({ plan: 'core', expires_at: null });
  });

  it('the features of everything in force add up, sorted and once each', () => {
    const grants = [claim, grant({ plan: 'lite', features: ['beta', 'renpy.analysis'] })];
    const { plan, features } = decide({ grants, licenses: [license()] }, catalog, NOW);
    expect(plan).toBe('core');
    expect(features).toEqual(['beta', 'datatools.batch', 'datatools.export', 'datatools.import', 'renpy.analysis']);
  });

  const days = fc.integer({ min: -50, max: 50 });
  const anyGrant = fc.record({
    plan: fc.constantFrom(...PLANS),
    from: days,
    length: fc.option(fc.integer({ min: 1, max: 60 })),
  });
  const anyLicense = fc.record({
    tier: fc.constantFrom(...TIERS),
    until: days,
    revoked: fc.boolean(),
    suspended: fc.boolean(),
  });

  it('for any sources: a claim never lowers, and nothing changes before the due moment', () => {
    fc.assert(
      fc.property(fc.array(anyGrant, { maxLength: 6 }), fc.array(anyLicense, { maxLength: 4 }), (gs, ls) => {
        const grants = gs
          .map((g) =>
            grant({ plan: g.plan, effective_at: at(g.from), expires_at: g.length ? at(g.from + g.length) : null }),
          )
          .sort((a, b) => a.effective_at.getTime() - b.effective_at.getTime());
        const licenses = ls.map((l) =>
          license({
            tier: l.tier,
            expires_at: at(l.until),
            revoked_at: l.revoked ? NOW : null,
            suspended_at: l.suspended ? NOW : null,
          }),
        );
        const now = decide({ grants, licenses }, catalog, NOW);
        const claimed = decide({ grants: [...grants, claim], licenses }, catalog, NOW);
        expect(catalog.plan(claimed.plan).rank).toBeGreaterThanOrEqual(catalog.plan(now.plan).rank);
        expect(catalog.plan(claimed.plan).rank).toBeGreaterThanOrEqual(catalog.plan('renpy_free').rank);
        const justBefore = new Date((now.due_at ?? at(1_000)).getTime() - 1);
        expect(decide({ grants, licenses }, catalog, justBefore)).toEqual(now);
        expect(now.expires_at === null || now.expires_at > NOW).toBe(true);
      }),
    );
  });
});
