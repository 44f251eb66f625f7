import type { Entry } from './entry.js';
import { CHAT_WINDOW_MS } from './event-class.rules.js';

/** What of the missed frames is still worth sending: chat of the last minute, the latest feed, who is there now. */
export function worthReplaying(missed: readonly Entry[], now: number): { entries: Entry[]; stale: number } {
  const latest = new Map<string, Entry>();
  for (const entry of missed) latest.set(`${entry.eventClass}/${entry.key}`, entry);
  let stale = 0;
  const entries = missed.filter((entry) => {
    if (entry.eventClass === 'notification') return true;
    if (entry.eventClass !== 'chat') return latest.get(`${entry.eventClass}/${entry.key}`) === entry;
    const fresh = entry.at >= now - CHAT_WINDOW_MS;
    if (!fresh) stale += 1;
    return fresh;
  });
  return { entries, stale };
}
