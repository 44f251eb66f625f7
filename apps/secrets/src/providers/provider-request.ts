import { textWithin } from '#boot';
import { Unavailable } from '#contracts';

/** Making a key takes a provider longer. */
export const SLOW_MS = 20_000;
/** Far more than any answer of a provider has. */
const MOST_BYTES = 1_048_576;

export interface ProviderRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

export interface ProviderAnswer {
  status: number;
  text: string;
  body: Record<string, unknown>;
}

export const unavailable = (provider: string, why: string): Error =>
  Unavailable.with({ detail: `The key provider ${provider} cannot be used at the moment: ${why}.`, retry_after: 1 });

/** Asks a provider once. @throws Refusal `unavailable` when there is no answer in time */
export async function askProvider(provider: string, request: ProviderRequest): Promise<ProviderAnswer> {
  const { method, url, headers, body, timeoutMs } = request;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method, headers, body, signal, redirect: 'error' });
    const text = await textWithin(answer, MOST_BYTES);
    return { status: answer.status, text, body: objectIn(text) };
  } catch (error) {
    throw unavailable(
      provider,
      (error as Error).name === 'TimeoutError' ? 'it does not answer' : 'it cannot be reached',
    );
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A text member of an answer. @throws Refusal `unavailable` when it is not there */
export function textIn(provider: string, from: unknown, name: string): string {
  const value = (from as Record<string, unknown> | undefined)?.[name];
  if (typeof value !== 'string') throw unavailable(provider, 'its answer cannot be read');
  return value;
}
