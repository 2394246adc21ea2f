import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An instant in a client's row: what was scheduled before it writes no notice of the client any more. */
export class Fence1764201600000 implements MigrationInterface {
  readonly name = 'Fence1764201600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client ADD COLUMN fenced_before BIGINT NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client DROP COLUMN fenced_before');
  }
}
