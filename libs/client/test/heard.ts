import { eventually } from '../../../test/support/eventually.js';
import type { GatehouseClient, Frame, Realtime, RealtimeOptions, RealtimeStatus } from '../src/index.js';

/** What a connection told its listeners. */
export interface Heard {
  realtime: Realtime;
  ids: string[];
  gaps: unknown[];
  statuses: RealtimeStatus[];
}

/** Connects, and writes down everything that is told. */
export function listen(client: GatehouseClient, options?: RealtimeOptions): Heard {
  const realtime = client.realtime(options);
  const heard: Heard = { realtime, ids: [], gaps: [], statuses: [] };
  realtime.on('*', ({ id }: Frame) => heard.ids.push(id));
  realtime.on('gap', ({ data }) => heard.gaps.push(data));
  realtime.onStatus((status) => heard.statuses.push(status));
  return heard;
}

export const until = (what: string, holds: () => boolean): Promise<boolean> =>
  eventually(what, 30_000, async () => holds() || undefined);
