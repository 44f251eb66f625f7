import { NotFound } from '#contracts';

const LONGEST_KEY = 64;

/** The license key in a path. @throws Refusal `not_found` for what no license can be called */
export function licenseKeyIn(path: string): string {
  if (path.length > LONGEST_KEY || !/^[\x20-\x7e]*\S[\x20-\x7e]*$/.test(path)) throw NotFound.with();
  return path;
}
