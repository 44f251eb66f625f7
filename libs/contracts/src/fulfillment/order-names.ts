/** What Lemon Squeezy counts: its ids are bare numbers, and each kind of thing has numbers of its own. */
export type LemonSqueezyThing = 'order' | 'invoice' | 'subscription';

/** The name of a thing of Lemon Squeezy among the orders of all stores. */
export const lemonSqueezyName = (thing: LemonSqueezyThing, id: string): string => `lemonsqueezy-${thing}-${id}`;

/** The names that an order may have which is called by what its store shows. No other store's ids are bare numbers. */
export const orderNames = (told: string): string[] =>
  /^\d{1,18}$/.test(told) ? [told, lemonSqueezyName('order', told)] : [told];
