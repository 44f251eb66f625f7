import { Internal, Unavailable, ValidationFailed } from '#contracts';
import { StorefrontUnreachable } from '../storefronts/storefront.js';
import { LeaseTooOld, leavingAfter } from './settlement-failure.rules.js';

describe('an order that could not be settled', () => {
  it('G16: waits for a store or a service that is away, however long', () => {
    for (const error of [new StorefrontUnreachable('away'), Unavailable.with()]) {
      expect(leavingAfter(error, 10_000)).toMatchObject({ state: 'pending' });
    }
  });

  it('is left to a person when licensing refuses it for good', () => {
    expect(leavingAfter(ValidationFailed.with('email is wrong'), 1)).toMatchObject({ state: 'parked' });
  });

  it('is tried again after a surprise, but not for ever, and its text tells nothing internal', () => {
    const surprise = new TypeError('secret.person@example.com');
    for (const error of [surprise, Internal.with()]) {
      expect(leavingAfter(error, 1)).toMatchObject({ state: 'pending' });
      expect(leavingAfter(error, 20)).toMatchObject({ state: 'failed' });
    }
    expect(leavingAfter(surprise, 1).why).not.toContain('person');
  });

  it('is read again at once when reading took too long', () => {
    expect(leavingAfter(new LeaseTooOld(), 3)).toMatchObject({ state: 'pending', seconds: 0 });
  });
});
