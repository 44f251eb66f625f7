import { LocalProblem } from '#local';
import { describe as tell } from './problem.js';
import { Told } from './told.js';

describe('a failure, told', () => {
  it('OPS23: says what failed, what to do and where to read more', () => {
    const text = tell(new LocalProblem('port 3000 is taken', 'set PUBLIC_PORT', '/logs/gateway.log'), false);
    expect(text).toBe('\nPort 3000 is taken.\nWhat to do: Set PUBLIC_PORT.\nRead more: /logs/gateway.log\n');
  });

  it('OPS23: a full disk is told as such', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    expect(tell(full, false)).toContain('The disk is full');
  });

  it('OPS23: what was refused is told as it is; the machine has nothing to do with it', () => {
    expect(tell(new Told('There is no such license. (not_found)'), false)).toBe(
      '\nThat failed: There is no such license. (not_found)\n',
    );
    const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT', path: '/a/b' });
    expect(tell(missing, false)).toBe('\nThat failed: There is no file /a/b.\n');
    expect(tell('odd', false)).toContain('doctor');
  });

  it('OPS23: shows no stack, unless it was asked for', () => {
    const error = new Error('odd');
    expect(tell(error, false)).not.toContain('    at ');
    expect(tell(error, true)).toContain('    at ');
  });
});
