import { command, commandSubject } from './command.js';
import { Empty } from './empty.js';
import { Refusal } from './errors.js';
import { event } from './event.js';
import { EmailAddress, fieldsOf, Int, Json, Nested, SecretText, Text, Timestamp } from './fields.js';
import { error } from './errors.js';
import { parse } from './parse.js';

class Place {
  @Text({ max: 10 }) town!: string;
}

class Sample {
  @EmailAddress() email!: string;
  @Text({ optional: true, nullable: true, max: 5 }) nick?: string | null;
  @Int({ optional: true, min: 1, max: 3 }) count?: number;
  @Timestamp({ optional: true }) at?: string;
  @Nested(() => Place, { optional: true }) place?: Place;
  @SecretText({ optional: true }) password?: string;
}

const problemsOf = (input: unknown) => {
  try {
    parse(Sample, input);
  } catch (e) {
    if (e instanceof Refusal && e.code === 'validation_failed') return e.extras.errors!.map((p) => [p.field, p.code]);
    throw e;
  }
  return [];
};

describe('a message', () => {
  it('is accepted as it was sent: nothing trimmed, folded or converted', () => {
    const input = { email: 'Ada@Example.com', nick: ' a ', count: 2, place: { town: 'Ulm' } };
    expect({ ...parse(Sample, input), place: { ...parse(Sample, input).place } }).toEqual(input);
    expect(problemsOf({ email: 'a@b.example', count: '2' })).toEqual([['count', 'invalid_type']]);
  });

  it('names every failing field at once, unknown ones among them', () => {
    expect(problemsOf({ email: 'nobody', nick: 'much too long', count: 9, at: 'yesterday', surprise: 1 })).toEqual(
      expect.arrayContaining([
        ['email', 'invalid_email'],
        ['nick', 'invalid_length'],
        ['count', 'too_large'],
        ['at', 'invalid_timestamp'],
        ['surprise', 'unknown_field'],
      ]),
    );
  });

  it('names a nested field by its path', () => {
    expect(problemsOf({ email: 'a@b.example', place: { town: 7, moon: 1 } })).toEqual(
      expect.arrayContaining([
        ['place.town', 'invalid_type'],
        ['place.moon', 'unknown_field'],
      ]),
    );
  });

  it('tells absent from null', () => {
    expect(problemsOf({ email: 'a@b.example', nick: null })).toEqual([]);
    expect(problemsOf({ email: null })).toEqual([['email', 'required']]);
    expect(problemsOf({ email: 'a@b.example', count: null })).toEqual([['count', 'invalid_type']]);
  });

  it('P10: refuses line breaks in an address, and dates that are no RFC 3339', () => {
    expect(problemsOf({ email: '"a\\\r\n"@b.example' })).toHaveLength(1);
    for (const at of ['2026-W05-1', '2026-11-21', '2026-11-21T10:00:00'])
      expect(problemsOf({ email: 'a@b.example', at })).toHaveLength(1);
    expect(problemsOf({ email: 'a@b.example', at: '2026-11-21T10:00:00.123+01:00' })).toEqual([]);
  });

  it('takes the small letters that RFC 3339 allows in a time, and gives on the capital ones', () => {
    const read = (at: string) => parse(Sample, { email: 'a@b.example', at }).at;
    expect(read('2026-11-21t10:00:00z')).toBe('2026-11-21T10:00:00Z');
    expect(read('2026-11-21t10:00:00.5+01:00')).toBe('2026-11-21T10:00:00.5+01:00');
    for (const at of ['2026-11-21 10:00:00z', '2026-11-21tt10:00:00z', 'z', 't'])
      expect(problemsOf({ email: 'a@b.example', at })).toHaveLength(1);
  });

  it.each([null, undefined, 'text', 7, ['list']])('is refused when it is no object: %p', (input) => {
    expect(problemsOf(input)).toEqual([]);
    expect(() => parse(Sample, input)).toThrow(Refusal);
  });

  it('says of free JSON without end that it is nested too deeply', () => {
    class Free {
      @Json() data!: Record<string, unknown>;
    }
    const data = JSON.parse('{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)) as object;
    expect(() => parse(Free, { data })).toThrow(
      expect.objectContaining({ extras: { detail: 'The request is nested too deeply.', errors: [] } }),
    );
  });

  it('never takes members of the prototype for fields', () => {
    const read = parse(Sample, JSON.parse('{"email":"a@b.example","__proto__":{"admin":true}}'));
    expect('admin' in read).toBe(false);
    expect('admin' in {}).toBe(false);
  });

  it('without fields takes nothing', () => {
    expect(parse(Empty, {})).toBeInstanceOf(Empty);
    expect(() => parse(Empty, { extra: 1 })).toThrow(Refusal);
  });

  it('describes its fields for reference and redaction', () => {
    expect(
      fieldsOf(Sample)
        .filter((f) => f.secret)
        .map((f) => f.name),
    ).toEqual(['password']);
  });
});

describe('a declaration', () => {
  const spec = { request: Empty, response: Empty, permission: 'apps' as const, summary: '' };

  it('has its place on the bus in its name', () => {
    const made = command('identity.spec_thing.do', spec);
    expect([made.service, commandSubject('gateway', made)]).toEqual(['identity', 'cmd.gateway.identity.spec_thing.do']);
  });

  it('is refused the second time, and under a malformed name', () => {
    command('identity.spec_thing.twice', spec);
    expect(() => command('identity.spec_thing.twice', spec)).toThrow('twice');
    expect(() => command('identity.Thing', spec)).toThrow('name');
    expect(() => event('identity.thing', { data: Empty, summary: '' })).toThrow('name');
    error('spec_error', 'invalid', 'x');
    expect(() => error('spec_error', 'invalid', 'x')).toThrow('twice');
  });

  it('of an error crosses the bus and is the same error on the other side', () => {
    const Declared = error('spec_crossing', 'conflict', 'Taken.');
    const back = Refusal.fromWire(
      JSON.parse(JSON.stringify(Declared.with({ detail: 'why', retry_after: 3 }).toWire())),
    );
    expect(back.is(Declared)).toBe(true);
    expect(back.extras).toEqual({ detail: 'why', retry_after: 3 });
  });
});
