import type { MigrationInterface, QueryRunner } from 'typeorm';

const ADDRESSES = `
  CREATE TABLE address_key (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), key bytea NOT NULL);
  INSERT INTO address_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
  CREATE FUNCTION address_hash(address text) RETURNS bytea LANGUAGE sql STABLE STRICT AS $$
    SELECT sha256(key || sha256(key || convert_to(lower(address), 'UTF8'))) FROM address_key
  $$;
  COMMENT ON FUNCTION address_hash IS 'recognizes an address that is not kept; another database''s hashes differ';
  CREATE TABLE erased_addresses (
    address_hash bytea PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
  );`;

/** Whatever way a license or its log is written again, by an import or from an old order: who is erased stays out. */
const LICENSES = `
  CREATE FUNCTION erased_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM erased_addresses e
               WHERE e.address_hash = address_hash(NEW.email) AND e.erased_at >= NEW.issued_at) THEN
      NEW.name := 'erased';
      NEW.email := 'erased@erased.invalid';
      NEW.notes := NULL;
      IF TG_TABLE_NAME = 'licenses' THEN
        NEW.blob := 'erased';
      END IF;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER licenses_stay_erased BEFORE INSERT ON licenses FOR EACH ROW EXECUTE FUNCTION erased_stay_erased();
  CREATE TRIGGER issuance_stays_erased BEFORE INSERT ON license_issuance
    FOR EACH ROW EXECUTE FUNCTION erased_stay_erased();`;

/** Addresses of people who are erased, by which they are recognized without being known. */
export class ErasedAddresses1795300001300 implements MigrationInterface {
  name = 'ErasedAddresses1795300001300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADDRESSES);
    await runner.query(LICENSES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER issuance_stays_erased ON license_issuance;
      DROP TRIGGER licenses_stay_erased ON licenses;
      DROP FUNCTION erased_stay_erased();
      DROP TABLE erased_addresses;
      DROP FUNCTION address_hash(text);
      DROP TABLE address_key;`);
  }
}
