import { LocalProblem } from '#local';
import { describe as tell } from './problem.js';

describe('a failure, told', () => {
  it('OPS23: says what failed, what to do and where to read more', () => {
    const text = tell(new LocalProblem('port 3000 is taken', 'set PUBLIC_PORT', '/logs/gateway.log'), false);
    expect(text).toBe('\nPort 3000 is taken.\nWhat to do: Set PUBLIC_PORT.\nRead more: /logs/gateway.log\n');
  });

  it('OPS23: a full disk is told as such', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    expect(tell(full, false)).toContain('The disk is full');
  });

  it('OPS23: shows no stack, unless it was asked for', () => {
    const error = new Error('odd');
    expect(tell(error, false)).not.toContain('    at ');
    expect(tell(error, true)).toContain('    at ');
  });
});
