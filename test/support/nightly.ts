/**
 * How long a search goes on: the usual number in `npm test`, the larger one in `npm run nightly`.
 * @param usual enough to find what a change breaks
 * @param nightly what the rule asks for
 */
export const searches = (usual: number, nightly: number): number => (process.env.NIGHTLY ? nightly : usual);
