import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RecordStorefrontEvent, Refusal } from '#contracts';
import { startLemonSqueezyStandIn } from '../../stand-ins/src/storefront/lemon-squeezy/lemon-squeezy-stand-in.js';
import { startPaddleStandIn } from '../../stand-ins/src/storefront/paddle/paddle-stand-in.js';
import type { SignedStandIn } from '../../stand-ins/src/storefront/signed/signed-stand-in.js';
import { startStripeStandIn } from '../../stand-ins/src/storefront/stripe/stripe-stand-in.js';
import type { World } from './world.js';

export const SIGNING_STORES = ['lemonsqueezy', 'paddle', 'stripe'] as const;
export type SigningStore = (typeof SIGNING_STORES)[number];

const HEADERS = { lemonsqueezy: 'x-signature', paddle: 'paddle-signature', stripe: 'stripe-signature' } as const;
const START = {
  lemonsqueezy: startLemonSqueezyStandIn,
  paddle: startPaddleStandIn,
  stripe: startStripeStandIn,
} as const;
const API_KEY = 'api-key-of-the-store';
const STATUS: Readonly<Record<string, number>> = {
  invalid: 400,
  unauthenticated: 401,
  not_found: 404,
  unavailable: 503,
};

/** A webhook as it came in at the door. */
export interface Arrived {
  store: SigningStore;
  signature: string;
  raw: Buffer;
}

/** The stores that sign, beside a fulfillment that is configured for them. */
export class SignedStores {
  /** Everything that came in. */
  readonly arrived: Arrived[] = [];
  private readonly running = new Map<SigningStore, SignedStandIn>();
  private door!: Server;

  private constructor(private readonly world: World) {}

  static async start(world: World): Promise<SignedStores> {
    const stores = new SignedStores(world);
    await stores.openDoor();
    await world.stopFulfillment();
    await world.startFulfillment(Object.assign({}, ...(await Promise.all(SIGNING_STORES.map((s) => stores.open(s))))));
    return stores;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((store) => store.close()));
    await new Promise((resolve) => this.door.close(resolve));
  }

  /** A control of a store. */
  async control(
    store: SigningStore,
    path: string,
    body: object = {},
  ): Promise<{ sale_id: string; pings: { status: number }[] }> {
    const url = `${this.running.get(store)!.url}/_control/${path}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    const answer: unknown = JSON.parse((await response.text()) || '{}');
    return answer as { sale_id: string; pings: { status: number }[] };
  }

  /** What the gateway's webhook would do with these bytes. @returns the status that it would answer */
  async deliver({ store, signature, raw }: Arrived): Promise<number> {
    const input = { store, signature, content_type: 'application/json', body: raw.toString('base64') };
    return this.world.bus.send(RecordStorefrontEvent, input).then(
      () => 200,
      (error: unknown) => (error instanceof Refusal ? (STATUS[error.kind] ?? 500) : 500),
    );
  }

  private async open(store: SigningStore): Promise<object> {
    const webhookSecret = `signing-secret-of-${store}`;
    const { port } = this.door.address() as AddressInfo;
    const webhookUrl = `http://127.0.0.1:${port}/${store}`;
    const running = await START[store]({ webhookUrl, webhookSecret, apiKey: API_KEY, retryScale: 0.001 });
    this.running.set(store, running);
    return {
      [`${store}ApiUrl`]: running.url,
      [`${store}ApiKey`]: API_KEY,
      [`${store}WebhookSecrets`]: [webhookSecret, 'previous-signing-secret'],
    };
  }

  private async openDoor(): Promise<void> {
    this.door = createServer((request, response) => {
      void this.take(request).then((status) => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => this.door.listen(0, '127.0.0.1', resolve));
  }

  private async take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const store = request.url!.slice(1) as SigningStore;
    const arrived = { store, signature: String(request.headers[HEADERS[store]]), raw: Buffer.concat(chunks) };
    this.arrived.push(arrived);
    return this.deliver(arrived);
  }
}
