import { NotFound, Refusal } from '#contracts';
import { isBroken, isUniqueViolation, translate } from './database-errors.js';

const error = (code?: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('translate', () => {
  it.each([['08006'], ['08P01'], ['25006'], ['57P01'], ['57P02'], ['57P03'], ['ECONNREFUSED'], ['ECONNRESET']])(
    '%s destroys the connection and is `unavailable`',
    (code) => {
      expect(isBroken(error(code))).toBe(true);
      expect(translate(error(code))).toMatchObject({ code: 'unavailable', cause: { code } });
    },
  );

  it.each([['53300'], ['55P03'], ['57014'], ['40001'], ['40P01']])('%s keeps it and is `unavailable`', (code) => {
    expect(isBroken(error(code))).toBe(false);
    expect(translate(error(code))).toBeInstanceOf(Refusal);
  });

  it.each([['23505'], ['42P01'], ['22P02'], [undefined]])('%s is left as it is', (code) => {
    const original = error(code);
    expect(translate(original)).toBe(original);
  });

  it('leaves refusals alone and looks below TypeORM’s errors', () => {
    const refusal = NotFound.with();
    expect(translate(refusal)).toBe(refusal);
    expect(translate(Object.assign(new Error('q'), { driverError: error('57P01') }))).toBeInstanceOf(Refusal);
    expect(isUniqueViolation(Object.assign(new Error('q'), { driverError: error('23505') }))).toBe(true);
  });
});
