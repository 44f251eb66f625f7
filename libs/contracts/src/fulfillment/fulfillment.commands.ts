import { command } from '../command.js';
import { error } from '../errors.js';
import { EmailAddress, Int, Json, NestedList, OneOf, SecretText, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound, Unavailable, ValidationFailed } from '../general.errors.js';

export const WebhookUnauthenticated = error(
  'webhook_unauthenticated',
  'unauthenticated',
  'The webhook secret is wrong.',
);

export const SignatureInvalid = error(
  'signature_invalid',
  'invalid',
  'The webhook carries no signature of its store that is valid now.',
);

export const STORES = ['gumroad', 'lemonsqueezy', 'paddle', 'stripe'] as const;
/** A storefront that sells for us. */
export type Store = (typeof STORES)[number];
export const EVENT_STATES = ['pending', 'processed', 'parked', 'failed'] as const;
/**
 * `dropped`: not sent and never to be, because its license is revoked or its link no longer works. `suppressed`: not sent,
 * because its address takes no mail.
 */
export const MAIL_STATES = ['queued', 'sent', 'bounced', 'suppressed', 'dropped'] as const;

export class RecordStorefrontEventRequest {
  @OneOf(STORES) store!: Store;
  @SecretText({ optional: true, max: 512, description: 'Secret of the ping URL or of Basic auth.' }) secret?: string;
  @SecretText({ optional: true, max: 4096, description: 'The store’s signature header, as it arrived.' })
  signature?: string;
  @Text({ max: 255 }) content_type!: string;
  @Text({ min: 0, max: 360_000, description: 'The body as it arrived, base64.' }) body!: string;
}

export class RecordedStorefrontEvent {
  @Uuid() id!: string;
}

export const RecordStorefrontEvent = command('fulfillment.storefront_event.record', {
  request: RecordStorefrontEventRequest,
  response: RecordedStorefrontEvent,
  errors: [WebhookUnauthenticated, SignatureInvalid, NotFound, Unavailable],
  permission: 'anyone',
  // Gumroad hangs up after 5 seconds, and comes back after a 503 only.
  timeoutMs: 4_000,
  concurrency: 256,
  summary: 'Authenticates a storefront’s ping and stores it as it arrived; a worker does the rest.',
});

export class StorefrontEvent {
  @Uuid() id!: string;
  @OneOf(STORES) store!: string;
  @Text({ nullable: true, max: 191 }) sale_id!: string | null;
  @Text({ nullable: true, max: 64 }) resource_name!: string | null;
  @OneOf(EVENT_STATES) state!: string;
  @Text({ nullable: true, max: 1000 }) error!: string | null;
  @Int({ min: 0 }) attempts!: number;
  @Timestamp() received_at!: string;
  @Timestamp({ nullable: true }) processed_at!: string | null;
}

export class ListStorefrontEventsRequest {
  @OneOf(STORES, { optional: true }) store?: Store;
  @OneOf(EVENT_STATES, { optional: true }) state?: string;
  @Text({ optional: true, max: 191 }) sale_id?: string;
  @Text({ optional: true, max: 512 }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class StorefrontEventPage {
  @NestedList(() => StorefrontEvent) events!: StorefrontEvent[];
  @Text({ nullable: true, max: 512 }) next_cursor!: string | null;
}

export const ListStorefrontEvents = command('fulfillment.storefront_event.list', {
  request: ListStorefrontEventsRequest,
  response: StorefrontEventPage,
  errors: [ValidationFailed],
  permission: 'internal:orders.read',
  summary: 'Stored pings, newest first.',
});

export class ReplayStorefrontEventRequest {
  @Uuid() id!: string;
}

export const ReplayStorefrontEvent = command('fulfillment.storefront_event.replay', {
  request: ReplayStorefrontEventRequest,
  response: StorefrontEvent,
  errors: [NotFound],
  permission: 'internal:orders.write',
  summary: 'Works on a stored ping again, e.g. after a product was mapped.',
});

export const ORDER_STANDINGS = ['paid', 'unpaid', 'refunded', 'disputed', 'test', 'unmapped'] as const;

export class Order {
  @OneOf(STORES) store!: string;
  @Text({ max: 191 }) order_id!: string;
  @EmailAddress({ nullable: true }) email!: string | null;
  @Text({ nullable: true, max: 255 }) product!: string | null;
  @OneOf(ORDER_STANDINGS) standing!: string;
  @Text({ nullable: true, max: 64 }) license_key!: string | null;
  @Json({ description: 'The order as the store’s API last told it.' }) snapshot!: Record<string, unknown>;
  @Timestamp() updated_at!: string;
}

export class ListOrdersRequest {
  @OneOf(STORES, { optional: true }) store?: Store;
  @OneOf(ORDER_STANDINGS, { optional: true }) standing?: string;
  @Text({ optional: true, max: 191 }) order_id?: string;
  @EmailAddress({ optional: true }) email?: string;
  @Text({ optional: true, max: 512 }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class OrderPage {
  @NestedList(() => Order) orders!: Order[];
  @Text({ nullable: true, max: 512 }) next_cursor!: string | null;
}

export const ListOrders = command('fulfillment.order.list', {
  request: ListOrdersRequest,
  response: OrderPage,
  errors: [ValidationFailed],
  permission: 'internal:orders.read',
  summary: 'Orders as their stores last told them, newest first.',
});

export class Mail {
  @Uuid() id!: string;
  @Text({ max: 64 }) template!: string;
  @EmailAddress({ nullable: true }) to!: string | null;
  @OneOf(MAIL_STATES) state!: string;
  @Int({ min: 0 }) attempts!: number;
  @Text({ nullable: true, max: 1000 }) error!: string | null;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) sent_at!: string | null;
}

export class ListMailRequest {
  @EmailAddress({ optional: true, description: 'Buyer of an order; no address is kept with a mail.' }) to?: string;
  @OneOf(MAIL_STATES, { optional: true }) state?: string;
  @Text({ optional: true, max: 64 }) license_key?: string;
  @Text({ optional: true, max: 512 }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class MailPage {
  @NestedList(() => Mail) mail!: Mail[];
  @Text({ nullable: true, max: 512 }) next_cursor!: string | null;
}

export const ListMail = command('fulfillment.mail.list', {
  request: ListMailRequest,
  response: MailPage,
  errors: [ValidationFailed],
  permission: 'internal:mail.read',
  summary: 'The mail outbox, newest first.',
});

export class ResendMailRequest {
  @Uuid() id!: string;
}

export const ResendMail = command('fulfillment.mail.resend', {
  request: ResendMailRequest,
  response: Mail,
  errors: [NotFound],
  permission: 'internal:mail.write',
  summary: 'Sends a mail once more.',
});
