import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an earlier workflow of a client decided is not written down any more once a later one has taken the client up (rule 25). */
export class TakenUp1764201600000 implements MigrationInterface {
  readonly name = 'TakenUp1764201600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client ADD COLUMN taken_up_at BIGINT NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client DROP COLUMN taken_up_at');
  }
}
