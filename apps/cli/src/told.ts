/** A failure whose text says all there is to do about it: a refusal of the API, an order that contradicts itself. */
export class Told extends Error {
  override readonly name = 'Told';
}
