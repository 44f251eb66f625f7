import { createHmac, randomBytes } from 'node:crypto';
import type { StandInAnswer, StandInRequest, StandInRoutes } from '../http/http-stand-in.js';
import type { Desk } from './desk.js';

const NS = 'http://specs.openid.net/auth/2.0';
const SIGNED = ['signed', 'op_endpoint', 'claimed_id', 'identity', 'return_to', 'response_nonce', 'assoc_handle'];

/** Steam: OpenID 2.0, stateless, as it has been for ever. */
export class SteamRoutes {
  private readonly key = randomBytes(32);

  constructor(
    private readonly desk: Desk,
    private readonly endpoint: () => string,
  ) {}

  routes(): StandInRoutes {
    return {
      'GET /steam/openid/login': (request) => this.login(request),
      'POST /steam/openid/login': (request) => this.desk.answer('steam', 'verify', () => this.verify(request)),
    };
  }

  private login({ query }: StandInRequest): StandInAnswer {
    const return_to = query.get('openid.return_to') ?? '';
    const asked = query.get('openid.mode') === 'checkid_setup' && query.get('openid.ns') === NS;
    if (!asked || !URL.canParse(return_to)) return { status: 400, json: { error: 'invalid_request' } };
    const back = new URL(return_to);
    for (const [name, value] of Object.entries(this.answerTo(return_to)))
      back.searchParams.set(`openid.${name}`, value);
    return { status: 302, headers: { location: back.href }, content: '' };
  }

  private answerTo(return_to: string): Record<string, string> {
    const person = this.desk.person('steam');
    if (person.deny) return { ns: NS, mode: 'cancel' };
    const id = `https://steamcommunity.com/openid/id/${person.id}`;
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const fields: Record<string, string> = {
      ...{ ns: NS, mode: 'id_res', op_endpoint: this.endpoint(), claimed_id: id, identity: id, return_to },
      ...{ response_nonce: now + randomBytes(12).toString('base64'), assoc_handle: '1234567890' },
      signed: SIGNED.join(','),
    };
    return { ...fields, sig: this.signature(fields) };
  }

  /** Stateless mode: whoever asks is told whether the signature is one of ours. */
  private verify({ body }: StandInRequest): StandInAnswer {
    const fields = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name.replace(/^openid\./, ''), String(value)]),
    );
    const valid = fields['mode'] === 'check_authentication' && fields['sig'] === this.signature(fields);
    return { content: `ns:${NS}\nis_valid:${valid}\n`, type: 'text/plain;charset=utf-8' };
  }

  private signature(fields: Record<string, string>): string {
    const text = (fields['signed'] ?? '').split(',').map((name) => `${name}:${fields[name]}\n`);
    return createHmac('sha1', this.key).update(text.join('')).digest('base64');
  }
}
