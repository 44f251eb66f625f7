import { timeOf } from './time-option.js';

it.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.123+02:00', '2026-01-31T10:00:00.123Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
])('D-cli: an option takes %s, wherever the machine is', (text, time) => {
  expect(timeOf('--at', text).toISOString()).toBe(time);
});

it.each([
  '',
  'tomorrow',
  '2026',
  '2026-13-01',
  '2026-02-30',
  '2026-02-30T12:00:00Z',
  '2026-01-31T12:00',
  '31.01.2026',
  '1',
])('D-cli: an option does not take “%s”, and says what it takes', (text) => {
  expect(() => timeOf('--until', text)).toThrow(
    '--until must be a time like 2026-01-31T12:00:00Z, or a day like 2026-01-31.',
  );
});
