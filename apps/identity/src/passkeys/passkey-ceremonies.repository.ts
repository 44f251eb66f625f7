import { Injectable } from '@nestjs/common';
import { newId, Transactions } from '#persistence';

export type CeremonyPurpose = 'register' | 'sign_in' | 'second_factor';

/** Five minutes from the question to the answer (R-WA1). */
const LIFE = `interval '5 minutes'`;

/** Ceremonies under way: table `passkey_ceremonies`. */
@Injectable()
export class PasskeyCeremoniesRepository {
  constructor(private readonly tx: Transactions) {}

  /** @param boundTo who or what the answer has to come from: an account, a client, a sign-in that waits */
  async open(purpose: CeremonyPurpose, challenge: string, boundTo: string): Promise<string> {
    const id = newId();
    await this.tx.query(
      `INSERT INTO passkey_ceremonies (id, purpose, challenge, bound_to, expires_at)
       VALUES ($1, $2, $3, $4, now() + ${LIFE})`,
      [id, purpose, challenge, boundTo],
    );
    return id;
  }

  /**
   * Uses a ceremony up, before its answer is looked at: every challenge is answered once, rightly or wrongly.
   * @returns its challenge to the one who got it
   */
  async consume(id: string, purpose: CeremonyPurpose, boundTo: string): Promise<string | undefined> {
    const [row] = await this.tx.query<{ challenge: string }>(
      `UPDATE passkey_ceremonies SET consumed_at = now()
       WHERE id = $1 AND purpose = $2 AND bound_to = $3 AND consumed_at IS NULL AND expires_at > now()
       RETURNING challenge`,
      [id, purpose, boundTo],
    );
    return row?.challenge;
  }
}
