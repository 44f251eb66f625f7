import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was asked for before its buyer was erased stays nobody's. When it was asked for is known to the microsecond; the
 * times of a license are whole seconds, which whoever buys again at once would share with the erasure. And a blob says
 * who it was signed for, so that nobody's license has none, whichever of signature and erasure comes first.
 */
const UP = `
  CREATE OR REPLACE FUNCTION erased_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    asked_at timestamptz := NEW.issued_at;
  BEGIN
    IF TG_TABLE_NAME = 'license_issuance' THEN
      asked_at := NEW.requested_at;
    ELSIF NEW.issuance_id IS NOT NULL THEN
      SELECT requested_at INTO asked_at FROM license_issuance WHERE id = NEW.issuance_id;
    END IF;
    IF EXISTS (SELECT 1 FROM erased_addresses e
               WHERE e.address_hash = address_hash(NEW.email) AND e.erased_at >= asked_at) THEN
      NEW.name := 'erased';
      NEW.email := 'erased@erased.invalid';
      NEW.notes := NULL;
    END IF;
    RETURN NEW;
  END $$;

  CREATE FUNCTION nobodys_blob() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.blob := 'erased';
    RETURN NEW;
  END $$;
  CREATE TRIGGER licenses_without_person BEFORE INSERT OR UPDATE ON licenses
    FOR EACH ROW WHEN (NEW.email = 'erased@erased.invalid') EXECUTE FUNCTION nobodys_blob();`;

const DOWN = `
  DROP TRIGGER licenses_without_person ON licenses;
  DROP FUNCTION nobodys_blob();
  CREATE OR REPLACE FUNCTION erased_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
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
  END $$;`;

export class ErasedBlobs1795300001530 implements MigrationInterface {
  readonly name = 'ErasedBlobs1795300001530';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
