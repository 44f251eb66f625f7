import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A certificate that is handed out, and the name of its key. */
export interface StoredCertificate {
  kid: string;
  certificate: string;
}

export interface NewCertificate extends StoredCertificate {
  root: string;
  /** The 32 bytes of the key, base64url: a name may come to be another key's. */
  key: string;
  issuedAt: Date;
  notAfter: Date;
}

/** Certificates of license keys: table `key_certificates`, one for each key and root. */
@Injectable()
export class KeyCertificatesRepository {
  constructor(private readonly tx: Transactions) {}

  /** Those that say something now, of keys that are taken still. */
  inForce(): Promise<StoredCertificate[]> {
    return this.tx.query<StoredCertificate & { [column: string]: unknown }>(
      `SELECT c.kid, c.certificate FROM key_certificates c JOIN signing_keys k ON k.kid = c.kid AND k.public_jwk->>'x' = c.key
       WHERE c.not_after > now() AND k.state IN ('next', 'active', 'retiring') ORDER BY c.kid, c.root`,
    );
  }

  /** What certificates may be about. */
  async licenseKey(kid: string): Promise<{ x: string; state: string } | undefined> {
    const [row] = await this.tx.query<{ x: string; state: string }>(
      `SELECT public_jwk->>'x' AS x, state FROM signing_keys WHERE kid = $1 AND purpose = 'license_blob'`,
      [kid],
    );
    return row;
  }

  /** Keeps it unless there is a newer one of the same root. @returns whether anything has changed */
  async put({ kid, root, key, certificate, issuedAt, notAfter }: NewCertificate): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO key_certificates AS c (kid, root, key, certificate, issued_at, not_after)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (kid, root) DO UPDATE
       SET key = excluded.key, certificate = excluded.certificate, issued_at = excluded.issued_at,
         not_after = excluded.not_after
       WHERE c.issued_at <= excluded.issued_at AND c.certificate <> excluded.certificate
       RETURNING kid`,
      [kid, root, key, certificate, issuedAt, notAfter],
    );
    return rows.length > 0;
  }
}
