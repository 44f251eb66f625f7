/** Configuration of two levels: sections, and members of a section. */
export type Sections = Record<string, Record<string, unknown>>;

/** A change of it: absent leaves, `null` takes away a member or a whole section. */
export type SectionsPatch = Record<string, Record<string, unknown> | null | undefined>;

/** The sections after a change. Sections without members are not kept. Neither argument is changed. */
export function mergeSections(stored: Sections, patch: SectionsPatch): Sections {
  const merged = new Map(Object.entries(stored));
  for (const [name, change] of Object.entries(patch)) {
    if (change === undefined) continue;
    const members = change === null ? [] : [...mergeMembers(merged.get(name), change)];
    if (members.length) merged.set(name, Object.fromEntries(members));
    else merged.delete(name);
  }
  return Object.fromEntries(merged);
}

function mergeMembers(
  stored: Record<string, unknown> | undefined,
  change: Record<string, unknown>,
): Map<string, unknown> {
  const members = new Map(Object.entries(stored ?? {}));
  for (const [name, value] of Object.entries(change)) {
    if (value === null) members.delete(name);
    else if (value !== undefined) members.set(name, value);
  }
  return members;
}
