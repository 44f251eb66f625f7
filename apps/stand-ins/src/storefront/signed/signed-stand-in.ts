import { serveHttp, type StandInAnswer, type StandInRequest, type StandInRoutes } from '../../http/http-stand-in.js';
import type { Desk, StoreEvent, Wish } from './desk.js';
import { isTrue } from './desk.js';
import { Sender, type Delivery, type Sent } from './sender.js';

/** Most copies that one call sends. */
const MOST_TIMES = 1000;

/** A running store. Tests of the same process may look into its books. */
export interface SignedStandIn<D extends Desk = Desk> {
  url: string;
  desk: D;
  close(): Promise<void>;
}

export interface SignedStandInOptions {
  port?: number;
  /** Where webhooks go; without it nobody is told. */
  webhookUrl?: string;
  /** What webhooks are signed with. */
  webhookSecret: string;
  /** The API key that is accepted; without it, any is. */
  apiKey?: string;
  /** Factor on the store's pauses between tries. */
  retryScale?: number;
}

/** Starts a store: API, controls, webhooks. */
export async function startSignedStandIn<D extends Desk>(
  desk: D,
  delivery: Delivery,
  { port = 0, apiKey }: SignedStandInOptions,
): Promise<SignedStandIn<D>> {
  const sender = new Sender(delivery);
  const controls = new SignedControls(desk, sender);
  const http = await serveHttp({ ...controls.guarded(desk.api(), apiKey), ...controls.routes() }, port);
  const close = (): Promise<void> => {
    sender.close();
    return http.close();
  };
  return { url: http.url, desk, close };
}

/** Controls that all stores have alike. */
class SignedControls {
  private readonly told = new Map<string, StoreEvent[]>();
  private outage?: { status?: number; hang: boolean; left: number };

  constructor(
    private readonly desk: Desk,
    private readonly sender: Sender,
  ) {}

  routes(): StandInRoutes {
    const actions = [...Object.keys(this.desk.actions), 'ping'];
    return {
      'POST /_control/sales': ({ body }) => this.sell(body),
      'POST /_control/sales/:id/:action': ({ params, body }) => this.act(params['id']!, params['action']!, body),
      'POST /_control/outage': ({ body }) => this.break(body),
      'GET /': () => ({ json: { stand_in_for: this.desk.name, actions } }),
      'GET /health/live': () => ({ json: { status: 'ok' } }),
    };
  }

  /** The API for who shows the key, and for nobody while it is broken. */
  guarded(routes: StandInRoutes, apiKey?: string): StandInRoutes {
    const guard = (answer: (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>) => {
      return (request: StandInRequest): StandInAnswer | Promise<StandInAnswer> => {
        if (this.outage && this.outage.left-- > 0)
          return { ...this.outage, content: 'upstream error', type: 'text/html' };
        const [, shown] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
        return shown && (!apiKey || shown === apiKey)
          ? answer(request)
          : { status: 401, json: { error: 'unauthorized' } };
      };
    };
    return Object.fromEntries(Object.entries(routes).map(([route, answer]) => [route, guard(answer)]));
  }

  private async sell(body: Wish): Promise<StandInAnswer> {
    const { sale_id, events } = this.desk.sell(body);
    this.told.set(sale_id, events);
    const pings = body['ping'] === false ? [] : await this.tell(events, body);
    return { status: 201, json: { sale_id, pings } };
  }

  private async act(sale_id: string, action: string, body: Wish): Promise<StandInAnswer> {
    const act = Object.hasOwn(this.desk.actions, action) ? this.desk.actions[action] : undefined;
    if (!this.desk.has(sale_id) || (!act && action !== 'ping')) return { status: 404, json: { error: 'no such sale' } };
    const events = act ? act(sale_id, body) : (this.told.get(sale_id) ?? []);
    if (act) this.told.set(sale_id, [...(this.told.get(sale_id) ?? []), ...events]);
    return { json: { sale_id, pings: body['ping'] === false ? [] : await this.tell(events, body) } };
  }

  /** @param times copies of each event; `shuffle` sends them in the opposite order */
  private async tell(events: StoreEvent[], { times, shuffle }: Wish): Promise<Sent[]> {
    const copies = Math.min(Math.max(Number(times ?? 1) || 1, 1), MOST_TIMES);
    const inOrder = isTrue(shuffle) ? [...events].reverse() : events;
    const all = Array.from({ length: copies }, () => inOrder).flat();
    return (await Promise.all(all.map(({ name, body }) => this.sender.send(name, body)))).flat();
  }

  private break({ status, hang, times }: Wish): StandInAnswer {
    const broken = typeof status === 'number' || isTrue(hang);
    const left = typeof times === 'number' ? times : Number.POSITIVE_INFINITY;
    this.outage = broken ? { status: status as number | undefined, hang: isTrue(hang), left } : undefined;
    return { status: 204 };
  }
}
