import { decideRenewal } from './renewal.rules.js';

const now = new Date('2030-06-01T00:00:00Z');
const policy = { years: 1, free_within_days: 30, checkout_url: 'https://shop.example' };
const base = { now, policy, expires_at: new Date('2030-12-01T00:00:00Z'), renewed_at: null, paid_years: null };
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

it.each([
  ['long before its end', {}, { renew: 'not_paid' }],
  ['in the days that the tier gives', { expires_at: new Date('2030-06-20T00:00:00Z') }, { renew: 'now', years: 1 }],
  ['after its end', { expires_at: new Date('2029-06-20T00:00:00Z') }, { renew: 'now', years: 1 }],
  ['with an order', { paid_years: 3 }, { renew: 'now', years: 3 }],
  ['a moment after a renewal', { renewed_at: hoursAgo(0.1), paid_years: 1 }, { renew: 'done' }],
  ['an hour after a renewal', { renewed_at: hoursAgo(1) }, { renew: 'done' }],
  ['an hour after, with a further order', { renewed_at: hoursAgo(1), paid_years: 1 }, { renew: 'now', years: 1 }],
  ['two days after a renewal', { renewed_at: hoursAgo(48) }, { renew: 'not_paid' }],
])('D-renew P7 P8: %s', (_, changes, decision) => {
  expect(decideRenewal({ ...base, ...changes })).toEqual(decision);
});
