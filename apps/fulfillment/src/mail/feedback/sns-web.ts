import { Injectable } from '@nestjs/common';
import { textWithin } from '#boot';

const PATIENCE_MS = 5_000;
/** More than anything that SNS has to say. */
const MOST_BYTES = 65_536;

/** Fetches from SNS. Whoever calls has made sure that the address is one of SNS. */
@Injectable()
export class SnsWeb {
  /** @throws Error when it is not there, is too long, or leads elsewhere */
  async read(url: string): Promise<string> {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`SNS answered ${answer.status}`);
    return textWithin(answer, MOST_BYTES);
  }
}
