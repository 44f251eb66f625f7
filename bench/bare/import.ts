import { generateKeyPairSync, sign, verify } from 'node:crypto';
import pg from 'pg';
import { newLicenseKey } from '#license-format';

const PART = 300;

/** What is done to each row besides storing it: a log is verified, and an export is signed. */
export type RowWork = 'verify' | 'sign';

/** Rows a second when there is nothing but a signature for each and one plain insert for some hundreds of them. */
export async function bareImport(database: string, work: RowWork, rows: number): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const text = Buffer.alloc(400, 'license');
  const signature = sign(null, text, privateKey);
  const step = { verify: () => verify(null, text, publicKey, signature), sign: () => sign(null, text, privateKey) };
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query('create table bench_licenses (license_key text primary key, line integer, blob text)');
    const begun = performance.now();
    for (let done = 0; done < rows; done += PART) {
      const part = Array.from({ length: PART }, (_, n) => done + n);
      const keys = part.map(() => (step[work](), newLicenseKey('pro')));
      await client.query(
        'insert into bench_licenses select key, line, $3 from unnest($1::text[], $2::int[]) as r (key, line)',
        [keys, part, text.toString()],
      );
    }
    return rows / ((performance.now() - begun) / 1_000);
  } finally {
    await client.query('drop table if exists bench_licenses');
    await client.end();
  }
}
