import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { planCatalog } from './plans.rules.js';

const shipped = () => parse(readFileSync(join(__dirname, '../../../../config/plans.yaml'), 'utf8'));

describe('plans', () => {
  it('names every mistake of the file at once, each with its path', () => {
    const document = shipped();
    document.plans.core.rank = document.plans.pro.rank;
    document.plans.lite.features = ['Not A Feature'];
    document.plans.gold = { rank: 99 };
    document.plans.team.max_offline_days = 0;
    document.plans.basic = undefined;
    document.tiers.pro = 'platinum';
    document.extras = {};
    expect(planCatalog(document).problems.map((p) => p.split(':')[0])).toEqual([
      'extras',
      'plans.gold',
      'plans.lite.features',
      'plans.basic',
      'plans.team.max_offline_days',
      'plans.pro.rank',
      'tiers.pro',
    ]);
  });

  it('A-token.license: refuses more features than one license token can say', () => {
    const document = shipped();
    document.plans.team.features = Array.from({ length: 33 }, (_, i) => `f${i}`);
    expect(planCatalog(document).problems).toEqual(['plans: must have at most 32 different features']);
  });

  it.each([[undefined], [null], ['text'], [[]], [{}]])('refuses %j as a file', (document) => {
    expect(planCatalog(document).problems.length).toBeGreaterThan(8);
  });

  it('A-user-states: the shipped file has every plan, 30 offline days by default, and a plan for every tier', () => {
    const { catalog, problems } = planCatalog(shipped());
    expect(problems).toEqual([]);
    expect(catalog.plan('renpy_free').max_offline_days).toBe(30);
    expect(catalog.ofTier('enterprise').name).toBe('enterprise');
    expect(['free', 'renpy_free', 'lite', 'basic', 'pro', 'team'].map((p) => catalog.isPaid(p as 'free'))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
