import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Destinations of broadcasts, and the versions of their keys. */
export class Streams1795300000510 implements MigrationInterface {
  name = 'Streams1795300000510';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE streams (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        label text NOT NULL,
        platform text NOT NULL,
        rtmp_url text,
        key_version integer NOT NULL DEFAULT 1,
        key_preview text NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX streams_user ON streams (user_id, id);

      CREATE TABLE stream_keys (
        stream_id uuid NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
        version integer NOT NULL,
        envelope bytea NOT NULL,
        -- Of a version that was replaced: until then it can be looked up.
        ends_at timestamptz,
        PRIMARY KEY (stream_id, version)
      );
      CREATE INDEX stream_keys_ends ON stream_keys (ends_at) WHERE ends_at IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stream_keys, streams');
  }
}
