import { getMetadataStorage } from 'class-validator';
import { NestedList, Text } from './fields.js';
import { parse } from './parse.js';

class Part {
  @Text({ max: 3 }) name!: string;
}
class LongerPart extends Part {
  @Text({ max: 9 }) override name!: string;
}
class Whole {
  @NestedList(() => Part) parts!: Part[];
  @NestedList(() => LongerPart) longer!: LongerPart[];
}

const problem = (parts: object[], longer: object[]) => {
  try {
    parse(Whole, { parts, longer });
    return null;
  } catch (error) {
    return (error as { extras: { errors: { field: string }[] } }).extras.errors.map(({ field }) => field);
  }
};

describe('the rules of a class', () => {
  it('are looked up once, however many objects of it are checked, and remain its own', () => {
    const parts = Array.from({ length: 50 }, () => ({ name: 'abc' }));
    expect(problem(parts, [{ name: 'abcdef' }])).toBeNull();
    const lookUps = jest.spyOn(Map.prototype, 'entries');
    try {
      expect(problem([...parts, { name: 'abcdef' }], [{ name: 'abcdef' }, { name: 'abcdefghij' }])).toEqual([
        'parts.50.name',
        'longer.1.name',
      ]);
      // Going through all classes of the process is what class-validator does at every look-up.
      expect(lookUps).not.toHaveBeenCalled();
    } finally {
      lookUps.mockRestore();
    }
  });

  it('are the same after they were remembered as those that class-validator finds itself', () => {
    const found = (groups?: string[]) =>
      getMetadataStorage().getTargetValidationMetadatas(Whole, '', false, false, groups!);
    expect(found()).toBe(found());
    expect(found(['none'])).toEqual([]);
  });
});
