import { isAcceptedSecret } from './webhook-secret.rules.js';

describe('the secret of a ping', () => {
  const accepted = ['current', 'previous'];

  it('G1: may be any of those that are accepted, and nothing else', () => {
    expect(accepted.every((s) => isAcceptedSecret(s, accepted))).toBe(true);
    for (const wrong of ['', 'curren', 'currentt', 'Current', 'current,previous', undefined]) {
      expect(isAcceptedSecret(wrong, accepted)).toBe(false);
    }
    expect(isAcceptedSecret('', [])).toBe(false);
  });
});
