const LONGEST = 32;

/** As much of a name as a username may have, and no half of a character. */
export const shortName = (name: string, most = LONGEST): string => name.slice(0, most).replace(/\p{Cs}$/u, '');

/** The same name, or its beginning, made unlikely to be taken by an ending from the account's id. */
export function unlikelyName(name: string, id: string): string {
  const ending = `-${id.slice(-8)}`;
  return shortName(name, LONGEST - ending.length) + ending;
}
