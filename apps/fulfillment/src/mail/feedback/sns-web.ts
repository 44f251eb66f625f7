import { Injectable } from '@nestjs/common';

const PATIENCE_MS = 5_000;
const MAX_BYTES = 65_536;

/** Fetches from SNS. Whoever calls has made sure that the address is one of SNS. */
@Injectable()
export class SnsWeb {
  /** @throws Error when it is not there, is too long, or leads elsewhere */
  async read(url: string): Promise<string> {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`SNS answered ${answer.status}`);
    const text = await answer.text();
    if (text.length > MAX_BYTES) throw new Error('SNS answered with more than anything it has to say');
    return text;
  }
}
