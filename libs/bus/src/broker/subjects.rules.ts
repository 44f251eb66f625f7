/**
 * Whether a grant allows all that `wanted` names; both may have wildcards, and a queue group after a blank.
 * A grant without a queue group allows every group.
 */
export function covers(grant: string, wanted: string): boolean {
  const [granted, queue] = grant.split(' ') as [string, string?];
  const [subject, wantedQueue] = wanted.split(' ') as [string, string?];
  return (queue === undefined || queue === wantedQueue) && matches(granted.split('.'), subject.split('.'));
}

function matches(pattern: string[], subject: string[]): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '>') return subject.length > i;
    const token = subject[i];
    if (token === undefined || token === '>') return false;
    if (pattern[i] !== '*' && pattern[i] !== token) return false;
  }
  return pattern.length === subject.length;
}
