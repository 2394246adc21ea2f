import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Looks read the state only of clients that may have something to tell: a column says whose recovery was not told yet. */
export class Looks1764190800000 implements MigrationInterface {
  readonly name = 'Looks1764190800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE low_balance_watched_client ADD COLUMN unrecovered TINYINT NOT NULL DEFAULT 0',
    );
    // At least those: the next check of each says it exactly.
    await queryRunner.query(
      `UPDATE low_balance_watched_client SET unrecovered = 1 WHERE watch LIKE '%"lastTold"%'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client DROP COLUMN unrecovered');
  }
}
