import type { Log } from '#boot';
import type { IdentityConfig } from '../identity.config.js';
import type { FailedSignInsRepository } from './failed-sign-ins.repository.js';
import { FailureBudget } from './failure-budget.service.js';

describe('the budget of failed sign-ins', () => {
  afterEach(() => jest.restoreAllMocks());

  it('R-BF2: what was spent in one minute is not held against the next, however late the database answers', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(59_999);
    const spent = (answered: number) => {
      const add = async (): Promise<number> => {
        clock.mockReturnValue(answered);
        return 5;
      };
      const config = { signInFailuresPerMinute: 5 } as IdentityConfig;
      return new FailureBudget(config, { add } as unknown as FailedSignInsRepository, {} as Log);
    };
    const inTime = spent(59_999);
    await inTime.share();
    expect(() => inTime.assertLeft()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    const late = spent(60_001);
    await late.share();
    expect(() => late.assertLeft()).not.toThrow();
  });
});
