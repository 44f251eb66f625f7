/**
 * The JSON of a value with the members of every object in one order: what says the same has the same text, however it was
 * put together. For comparing what is sent a second time under one idempotency key.
 * @returns undefined for what JSON does not know, as `JSON.stringify` does
 */
export const contentText = (value: unknown): string | undefined => JSON.stringify(value, inOrder);

const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
