import fs from 'node:fs';
import { LocalProblem } from '#local';
import { StateFolder } from '../state/state-folder.js';

/** Where the internal API is, and as whom to ask it. */
export interface Access {
  publicUrl: string;
  internalUrl: string;
  caller: string;
  secret: string;
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
  if (publicUrl && internalUrl && secret) return { publicUrl, internalUrl, caller, secret };
  throw new LocalProblem(
    'It is not known where Gatehouse runs: there is no system on this machine, and the environment does not say',
    'Set GATEHOUSE_URL, GATEHOUSE_INTERNAL_URL and GATEHOUSE_CALLER_SECRET.',
  );
}

export interface Asked {
  query?: Record<string, string | number | boolean | undefined>;
  json?: object;
  body?: string;
  /** What the body is; default JSON lines. */
  type?: string;
}

/** The internal API, asked with a token that lasts minutes; the secret itself goes to the token endpoint only. */
export class InternalApi {
  private token?: Promise<string>;

  constructor(private readonly access: Access) {}

  /** @throws Error that says what the API refused, and why */
  async ask<T>(method: string, path: string, { query = {}, json, body, type }: Asked = {}): Promise<T> {
    const url = new URL(path, this.access.internalUrl);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    const mediaType = json ? 'application/json' : (type ?? 'application/x-ndjson');
    const sent = json ? JSON.stringify(json) : body;
    const authorization = `Bearer ${await (this.token ??= this.fetchToken())}`;
    const headers = { authorization, ...(sent === undefined ? {} : { 'content-type': mediaType }) };
    return answerOf<T>(await fetch(url, { method, headers, body: sent }));
  }

  private async fetchToken(): Promise<string> {
    const { caller, secret, publicUrl } = this.access;
    const form = { grant_type: 'client_credentials', client_id: caller, client_secret: secret };
    const answer = await fetch(`${publicUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    return (await answerOf<{ access_token: string }>(answer)).access_token;
  }
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  error?: string;
  errors?: { field: string; detail: string }[];
}

async function answerOf<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  const body = (text ? JSON.parse(text) : {}) as T & Problem;
  if (answer.ok) return body;
  const fields = body.errors?.map(({ detail }) => detail).join(' ');
  throw new Error(
    `${fields || body.detail || body.title || answer.statusText} (${body.code ?? body.error ?? answer.status})`,
  );
}
