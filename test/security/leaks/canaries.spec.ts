import { randomBytes } from 'node:crypto';
import { Search } from './canaries.js';

const bytes = randomBytes(48);
const search = new Search(new Map([['canary', bytes.toString('base64url')]]));

describe('the search for canaries', () => {
  it.each([
    ['as it is', bytes.toString('base64url')],
    ['as its bytes', bytes.toString('latin1')],
    ['as a bytea column of its bytes', `\\x00${bytes.toString('hex')}`],
    ['as a bytea column of its text', `\\x${Buffer.from(bytes.toString('base64url')).toString('hex')}`],
    ...[0, 1, 2].flatMap((offset): [string, string][] => {
      const longer = Buffer.concat([Buffer.alloc(offset, 7), bytes, Buffer.alloc(5, 7)]);
      return [
        [`as base64 after ${offset} bytes`, longer.toString('base64')],
        [`as base64url after ${offset} bytes`, longer.toString('base64url')],
      ];
    }),
  ])('finds one written %s', (_, text) => {
    expect(search.in(`before ${text} after`)).toEqual(['canary']);
  });

  it('finds what is quoted in JSON or in a URL', () => {
    const spaced = new Search(new Map([['canary', 'two "words"']]));
    expect(spaced.in(JSON.stringify({ a: 'two "words"' }))).toEqual(['canary']);
    expect(spaced.in(`?a=${encodeURIComponent('two "words"')}`)).toEqual(['canary']);
  });

  it('finds nothing elsewhere', () => {
    expect(search.in(randomBytes(4_096).toString('latin1'))).toEqual([]);
    expect(search.in(randomBytes(4_096).toString('base64'))).toEqual([]);
  });
});
