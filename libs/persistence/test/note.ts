import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('notes')
export class Note {
  @PrimaryColumn('text') id!: string;
  @Column('text') text!: string;
}

/** The table of {@link Note}. */
export class Notes1800000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table notes (id text primary key, text text not null)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table notes');
  }
}

/** Writes a note by SQL. */
export const ADD_NOTE = 'insert into notes (id, text) values ($1, $2)';
