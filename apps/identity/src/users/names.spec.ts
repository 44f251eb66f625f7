import { newId } from '#persistence';
import { shortName, unlikelyName } from './names.rules.js';

it('A-identity.canonical: a name is made unlikely to be taken, and stays a name, however long it is', () => {
  const id = newId();
  const ending = `-${id.slice(-8)}`;
  expect(unlikelyName('rowan', id)).toBe(`rowan${ending}`);
  expect(unlikelyName('r'.repeat(64), id)).toBe('r'.repeat(23) + ending);
  // Each of them two units.
  expect(unlikelyName('𝒜'.repeat(16), id)).toBe('𝒜'.repeat(11) + ending);
  expect(shortName(`r${'𝒜'.repeat(16)}`)).toBe(`r${'𝒜'.repeat(15)}`);
});
