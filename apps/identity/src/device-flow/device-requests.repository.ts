import { Injectable } from '@nestjs/common';
import type { InstallationClaim } from '#contracts';
import { Transactions } from '#persistence';

/** Seconds that are forgiven: a device's timer and the network are never exact. */
const TOLERANCE = 0.5;
/** Seconds by which the interval grows with every hasty poll (RFC 8628 §3.5). */
const STEP = 5;

export interface NewDeviceRequest {
  device_code_hash: Buffer;
  user_code_hash: Buffer;
  client_id: string;
  installation?: InstallationClaim;
  ip: string | null;
  user_agent: string | null;
  /** Seconds. */
  interval: number;
  lifetime: number;
}

/** A request as it stands after a poll. */
export interface PolledRequest {
  id: string;
  client_id: string;
  status: 'pending' | 'approved' | 'denied' | 'redeemed';
  user_id: string | null;
  amr: string[] | null;
  auth_time: Date | null;
  poll_interval: number;
  expired: boolean;
  /** Whether this poll came before the interval was over. */
  hasty: boolean;
}

/** A request as its approver sees it. */
export interface AskingRequest {
  id: string;
  client_id: string;
  name: string | null;
  platform: string | null;
  app_version: string | null;
  ip: string | null;
  user_agent: string | null;
  created_at: Date;
  expires_at: Date;
}

export interface Decision {
  user_id: string;
  amr: string[];
  auth_time: Date;
  approve: boolean;
}

/** Devices that wait for their person: table `device_requests`. */
@Injectable()
export class DeviceRequestsRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns whether it was kept; not when its user code is another request's */
  async insert(r: NewDeviceRequest): Promise<boolean> {
    const { name = null, platform = null, app_version = null } = r.installation ?? {};
    const rows = await this.tx.query(
      `INSERT INTO device_requests (device_code_hash, user_code_hash, client_id, name, platform, app_version, ip,
         user_agent, poll_interval, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))
       ON CONFLICT (user_code_hash) DO NOTHING RETURNING id`,
      [
        ...[r.device_code_hash, r.user_code_hash, r.client_id, name, platform, app_version],
        ...[r.ip, r.user_agent, r.interval, r.lifetime],
      ],
    );
    return rows.length > 0;
  }

  /**
   * Notes a poll, and makes the interval longer when it came too soon. Polls of one device take turns at its row, on
   * whichever replica they come in.
   * @param clientId when given, another client's request is not found
   */
  async poll(deviceCodeHash: Buffer, clientId: string | undefined): Promise<PolledRequest | undefined> {
    const hasty = (row: string): string =>
      `COALESCE(${row}.polled_at > now() - make_interval(secs => ${row}.poll_interval - ${TOLERANCE}), false)`;
    const [row] = await this.tx.query<PolledRequest>(
      `UPDATE device_requests r SET
         polled_at = GREATEST(r.polled_at, now()),
         poll_interval = LEAST(r.poll_interval + CASE WHEN ${hasty('r')} THEN ${STEP} ELSE 0 END, 900)
       WHERE r.device_code_hash = $1 AND r.client_id = COALESCE($2, r.client_id)
       RETURNING new.id, new.client_id, new.status, new.user_id, new.amr, new.auth_time, new.poll_interval,
         new.expires_at <= now() AS expired, ${hasty('old')} AS hasty`,
      [deviceCodeHash, clientId ?? null],
    );
    return row;
  }

  /** The request behind a user code while nobody has decided about it. */
  async pending(userCodeHash: Buffer): Promise<AskingRequest | undefined> {
    const [row] = await this.tx.query<AskingRequest>(
      `SELECT id, client_id, name, platform, app_version, ip, user_agent, created_at, expires_at FROM device_requests
       WHERE user_code_hash = $1 AND status = 'pending' AND expires_at > now()`,
      [userCodeHash],
    );
    return row;
  }

  /** Binds the request to who decides first. @returns nothing when there is none to decide about */
  async decide(userCodeHash: Buffer, by: Decision): Promise<{ id: string; client_id: string } | undefined> {
    const [row] = await this.tx.query<{ id: string; client_id: string }>(
      `UPDATE device_requests SET status = $2, user_id = $3, amr = $4, auth_time = $5, decided_at = now()
       WHERE user_code_hash = $1 AND status = 'pending' AND expires_at > now() RETURNING id, client_id`,
      [userCodeHash, by.approve ? 'approved' : 'denied', by.user_id, by.amr, by.auth_time],
    );
    return row;
  }

  /** Whether this person has decided so before: a button that is pressed twice is no second decision. */
  async wasDecided(userCodeHash: Buffer, by: Decision): Promise<boolean> {
    const rows = await this.tx.query(
      `SELECT 1 FROM device_requests
       WHERE user_code_hash = $1 AND user_id = $2 AND status = ANY ($3::text[]) AND expires_at > now()`,
      [userCodeHash, by.user_id, by.approve ? ['approved', 'redeemed'] : ['denied']],
    );
    return rows.length > 0;
  }

  /** Uses an approval up. @returns false when another poll was first, or it is over */
  async redeem(id: string): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE device_requests SET status = 'redeemed'
       WHERE id = $1 AND status = 'approved' AND expires_at > now() RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }

  /** Takes an approval back that may have no tokens. @returns whether it was this call */
  async withdraw(id: string): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE device_requests SET status = 'denied' WHERE id = $1 AND status = 'approved' RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }
}
