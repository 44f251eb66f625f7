import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { WebSocket } from 'ws';
import type { DevInfo } from '#local';
import { publishAs } from '../support/bus-users.js';
import { call } from '../support/http.js';
import { refreshLicensed, sell, verifyAddress, type SignedIn } from '../support/people.js';
import { eventually, pause } from '../support/eventually.js';
import { expect, type Teller } from './tell.js';

interface PlanChange {
  type: string;
  data: { plan: string };
}

/** A client that keeps the `plan_changed` frames it got. */
class Listener {
  readonly seen: PlanChange[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as PlanChange;
      if (frame.type === 'plan_changed') this.seen.push(frame);
    });
  }

  static open(dev: DevInfo, token: string): Promise<Listener> {
    const socket = new WebSocket(`${dev.public_url.replace('http', 'ws')}/v1/auth/ws?token=${token}`);
    const listener = new Listener(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(listener));
      socket.once('error', reject);
    });
  }

  close(): void {
    this.socket.close();
  }
}

/** 4. and 5. Plans reach open clients and the next tokens, from a sale and from billing. */
export async function plans(dev: DevInfo, tell: Teller, person: SignedIn): Promise<void> {
  tell.chapter('4  A sale to somebody with an account');
  await tell.step('the person verifies the address', () => verifyAddress(dev, person));
  const listener = await Listener.open(dev, person.accessToken);
  try {
    await tell.step('a sale tells the open WebSocket', async () => {
      await sell(dev, { email: person.email, full_name: 'Rowan Vale', product_permalink: 'pro' });
      await eventually('plan_changed', 30_000, async () => listener.seen.find((f) => f.data.plan === 'pro'));
      return 'plan_changed → pro';
    });
    await tell.step('license/me shows the plan; the next refresh carries it', async () => {
      const mine = await call('GET', `${dev.public_url}/v1/license/me`, { token: person.accessToken });
      expect(mine.status === 200 && mine.body.plan === 'pro', 'plan pro', mine.body);
      await refreshed(dev, person, 'pro');
      return `${mine.body.licenses.length} license`;
    });
    await billing(dev, tell, person, listener);
  } finally {
    listener.close();
  }
}

/** Refreshes and looks into the license token. */
async function refreshed(dev: DevInfo, person: SignedIn, plan: string): Promise<void> {
  const { body } = await refreshLicensed(dev, person.refreshToken);
  expect(body.license_token, 'a license token', body);
  const stated = decodeJwt(body.license_token).plan;
  expect(stated === plan && body.user.plan === plan, `a license token for ${plan}`, { stated, user: body.user.plan });
  Object.assign(person, { accessToken: body.access_token, refreshToken: body.refresh_token });
}

async function billing(dev: DevInfo, tell: Teller, person: SignedIn, listener: Listener): Promise<void> {
  tell.chapter('5  A plan change from billing');
  const change = (plan: string) => ({
    event_id: randomUUID(),
    user_id: person.userId,
    plan,
    effective_at: new Date().toISOString(),
  });
  const count = (plan: string) => listener.seen.filter((f) => f.data.plan === plan).length;

  await tell.step('published over NATS with billing’s own key', async () => {
    await publish(dev, change('team'));
    await eventually('plan_changed', 30_000, async () => count('team') || undefined);
    await refreshed(dev, person, 'team');
    return 'plan_changed → team';
  });
  await tell.step('posted to the internal listener: the same effect, once', async () => {
    const headers = { 'x-internal-secret': `billing.${dev.internal_callers.billing}` };
    const json = change('enterprise');
    for (const attempt of [1, 2, 3]) {
      const { status, body } = await call('POST', `${dev.internal_url}/internal/billing/plan-changes`, {
        json,
        headers,
      });
      expect(status === 202, `202 on attempt ${attempt}`, body);
    }
    await eventually('plan_changed', 30_000, async () => count('enterprise') || undefined);
    await publish(dev, json);
    await pause(1_000);
    expect(count('enterprise') === 1, 'one plan_changed for one event id', count('enterprise'));
    await refreshed(dev, person, 'enterprise');
    return 'plan_changed → enterprise';
  });
}

const publish = (dev: DevInfo, change: object): Promise<void> =>
  publishAs(dev, 'billing', 'evt.billing.plan.changed', change);
