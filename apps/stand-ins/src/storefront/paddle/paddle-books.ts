import { randomBytes } from 'node:crypto';

export interface Adjustment {
  id: string;
  transaction_id: string;
  action: string;
  type: 'full' | 'partial';
  status: string;
  totals: { total: string };
}
export interface Transaction {
  id: string;
  status: string;
  origin: string;
  subscription_id: string | null;
  customer: { email: string; name: string | null };
  items: object[];
  details: { totals: { total: string } };
  billing_period: { starts_at: string; ends_at: string } | null;
  custom_data: unknown;
  created_at: string;
  billed_at: string;
  adjustments: Adjustment[];
}
export type Subscription = Record<string, unknown> & { id: string; recurrence: string };

/** Paddle's ids grow with time, so that they can be paged by. */
let counter = 0;
export const idOf = (prefix: string): string =>
  `${prefix}_01${Date.now().toString(36)}${(counter++).toString(36).padStart(5, '0')}${randomBytes(4).toString('hex')}`;
