import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalProblem } from '#local';
import { StateFolder } from '../state/state-folder.js';
import { Told } from '../told.js';

/** Where the internal API is, and as whom to ask it. */
export interface Access {
  publicUrl: string;
  internalUrl: string;
  caller: string;
  secret: string;
  /** Whether they may go over the network in the clear; default no. */
  allowHttp?: boolean;
}

interface Known {
  public_url?: string;
  internal_url?: string;
  internal_callers?: Record<string, string>;
}

const DEFAULT_CALLER = 'creator-cli';

/** From the environment; what it leaves out, from the system that runs on this machine. */
export function accessFrom(env: NodeJS.ProcessEnv, folder = StateFolder.fromEnv(env)): Access {
  const known = fs.existsSync(folder.devJson) ? (JSON.parse(fs.readFileSync(folder.devJson, 'utf8')) as Known) : {};
  const caller = env.GATEHOUSE_CALLER || DEFAULT_CALLER;
  const publicUrl = env.GATEHOUSE_URL || known.public_url;
  const internalUrl = env.GATEHOUSE_INTERNAL_URL || known.internal_url;
  const secret = env.GATEHOUSE_CALLER_SECRET || known.internal_callers?.[caller];
  const allowHttp = env.GATEHOUSE_ALLOW_HTTP === 'true';
  if (publicUrl && internalUrl && secret) return { publicUrl, internalUrl, caller, secret, allowHttp };
  throw new LocalProblem(
    'It is not known where Gatehouse runs: there is no system on this machine, and the environment does not say',
    'Start one with `npm start`, or set GATEHOUSE_URL, GATEHOUSE_INTERNAL_URL and GATEHOUSE_CALLER_SECRET.',
  );
}

export interface Asked {
  query?: Record<string, string | number | boolean | undefined>;
  json?: object;
  body?: string;
  /** What the body is; default JSON lines. */
  type?: string;
}

interface Token {
  /** Missing while none can be signed. */
  text?: string;
  /** Unix milliseconds from which on another one is fetched. */
  staleAt: number;
}

/** Of a question that is answered with 503. */
const MOST_TRIES = 4;
const LONGEST_PAUSE_SECONDS = 5;

/** Before it ends: what is asked with it may be under way for a while. */
const MARGIN_MS = 120_000;

/**
 * The internal API, asked with a token that lasts minutes; the secret itself goes to the token endpoint only. While nobody
 * can sign tokens, because the keys are sealed, requests are signed with the secret instead: else nobody could unseal.
 * Redirects are not followed: with them keys, secrets and tokens would go wherever an answer says.
 */
export class InternalApi {
  private token?: Promise<Token>;
  private checked?: Promise<void>;
  /** When requests were signed for: signed for the same second, the second of two alike is refused as a copy. */
  private readonly signed = new Map<string, number>();

  constructor(private readonly access: Access) {}

  /** @throws Error that says what the API refused, and why */
  async ask<T>(method: string, path: string, { query = {}, json, body, type }: Asked = {}): Promise<T> {
    await (this.checked ??= assertPrivate(this.access));
    const url = new URL(path, this.access.internalUrl);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    const mediaType = json ? 'application/json' : (type ?? 'application/x-ndjson');
    const sent = json ? JSON.stringify(json) : body;
    for (let tries = 1; ; tries++) {
      const proof = await this.proofFor(`${method}.${url.pathname}${url.search}.${sent ?? ''}`);
      const headers = { ...proof, ...(sent === undefined ? {} : { 'content-type': mediaType }) };
      const answer = await reach(url, { method, headers, body: sent, redirect: 'error' });
      // A signature is good once: who asked the same within this second may have used it. Nothing was done then.
      const isUsed = answer.status === 401 && 'x-internal-signature' in proof;
      // What only reads may be asked twice; whoever waits for something long is not sent away by a busy moment.
      const isBusy = answer.status === 503 && method === 'GET';
      if (!(isUsed || isBusy) || tries === MOST_TRIES) return answerOf<T>(answer);
      await answer.body?.cancel();
      if (isBusy) await sleep(secondsOf(answer.headers.get('retry-after')) * 1_000);
    }
  }

  private async proofFor(request: string): Promise<Record<string, string>> {
    const { text } = await this.currentToken();
    if (text) return { authorization: `Bearer ${text}` };
    const { caller, secret } = this.access;
    const t = Math.max(Math.floor(Date.now() / 1000), (this.signed.get(request) ?? 0) + 1);
    this.signed.set(request, t);
    const v1 = createHmac('sha256', secret).update(`${t}.${request}`).digest('hex');
    return { 'x-internal-signature': `t=${t},caller=${caller},v1=${v1}` };
  }

  /** What takes longer than a token lasts goes on with the next one. */
  private async currentToken(): Promise<Token> {
    const held = this.token;
    const token = await (this.token ??= this.fetchToken());
    if (Date.now() < token.staleAt || held === undefined) return token;
    // Of several that find it stale at once the first asks; the others find another one in its place.
    if (this.token === held) this.token = this.fetchToken();
    return this.token;
  }

  private async fetchToken(): Promise<Token> {
    const { caller, secret, publicUrl } = this.access;
    const form = { grant_type: 'client_credentials', client_id: caller, client_secret: secret };
    const body = new URLSearchParams(form);
    const answer = await reach(`${publicUrl}/oauth/token`, { method: 'POST', body, redirect: 'error' });
    if (answer.status === 503) return { staleAt: Date.now() + MARGIN_MS };
    const { access_token, expires_in } = await answerOf<{ access_token: string; expires_in: number }>(answer);
    return { text: access_token, staleAt: Date.now() + expires_in * 1_000 - MARGIN_MS };
  }
}

/** How long to wait, as the answer says; a moment when it does not. */
const secondsOf = (retryAfter: string | null): number => Math.min(Number(retryAfter) || 1, LONGEST_PAUSE_SECONDS);

/** The internal API of the system and for the caller that the environment names. */
export const internalApi = (): InternalApi => new InternalApi(accessFrom(process.env));

/** @throws LocalProblem when keys, secrets and tokens would go where others can read them on the way */
async function assertPrivate({ publicUrl, internalUrl, allowHttp }: Access): Promise<void> {
  // It takes longer to load than most commands take.
  const { isPrivateUrl } = await import('#boot');
  const open = [publicUrl, internalUrl].find((url) => !isPrivateUrl(url));
  if (open === undefined || allowHttp) return;
  throw new LocalProblem(
    `Keys and secrets would go to ${open} in the clear`,
    'Write an address that begins with https://, or forward a port to this machine; where the network itself is trusted, set GATEHOUSE_ALLOW_HTTP=true.',
  );
}

/** Asks. @throws LocalProblem when nothing answers there */
export async function reach(url: string | URL, how: RequestInit = {}): Promise<Response> {
  return fetch(url, how).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code !== 'ECONNREFUSED') throw error;
    throw new LocalProblem(
      `Nothing answers at ${new URL(url).origin}`,
      'Start Gatehouse with `npm start`, or say by GATEHOUSE_URL and GATEHOUSE_INTERNAL_URL where it runs.',
    );
  });
}

interface Problem {
  detail?: string;
  code?: string;
  error?: string;
  error_description?: string;
  errors?: { field: string; code?: string; detail: string }[];
}

/** The API did not do it. */
export class Refused extends Told {
  constructor(
    text: string,
    /** What is wrong with fields of the request, if it is that. */
    readonly codes: readonly string[],
  ) {
    super(text);
  }
}

async function answerOf<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  const body = (text ? JSON.parse(text) : {}) as T & Problem;
  if (answer.ok) return body;
  const fields = [...new Set(body.errors?.map(({ detail }) => detail))].join(' ');
  const why = fields || body.detail || body.error_description || answer.statusText;
  const codes = body.errors?.flatMap(({ code }) => code ?? []) ?? [];
  throw new Refused(`${why} (${body.code ?? body.error ?? answer.status})`, codes);
}
