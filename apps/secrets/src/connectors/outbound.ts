import { textWithin } from '#boot';

/** Far more than any answer of a platform has. */
const MOST_BYTES = 256 * 1_024;

/** The platform gave no answer, or none that can be read. */
export class OutboundProblem extends Error {
  override readonly name = 'OutboundProblem';
}

/** What a platform answered. */
export interface OutboundAnswer {
  status: number;
  /** Empty when it is no JSON object. */
  body: Record<string, unknown>;
}

/**
 * One request to a configured address, without redirects, within a time and a size.
 * @throws OutboundProblem when there is no whole answer
 */
export async function ask(url: string, init: RequestInit, timeoutMs = 5_000): Promise<OutboundAnswer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { ...init, signal, redirect: 'error' });
    return { status: answer.status, body: objectIn(await textWithin(answer, MOST_BYTES)) };
  } catch (error) {
    // The address itself may hold a token.
    throw new OutboundProblem(`${new URL(url).host} gave no answer: ${(error as Error).name}`);
  }
}

export const postForm = (url: string, form: Record<string, string>): Promise<OutboundAnswer> =>
  ask(url, { method: 'POST', body: new URLSearchParams(form), headers: { accept: 'application/json' } });

function objectIn(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
