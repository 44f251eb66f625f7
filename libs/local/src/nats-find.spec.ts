import { isNewEnough } from './nats-find.js';

describe('which nats-server will do', () => {
  it.each(['2.9.10', '2.10.29', '2.12.11', '2.13.0', '2.13.9', '2.14.0', '2.14.2'])(
    'RT34: %s is refused',
    (version) => {
      expect(isNewEnough(version)).toBe(false);
    },
  );

  it.each(['2.12.12', '2.12.20', '2.14.3', '2.14.6', '2.15.0', '3.0.0'])('RT34: %s is taken', (version) => {
    expect(isNewEnough(version)).toBe(true);
  });
});
