import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a workflow that starts again goes on with: the grid of its client's checks and the instant of each notice. A notice
 * has a kind and a channel, so that a check may have several for one audience.
 */
export class StartingAgain1764180000000 implements MigrationInterface {
  readonly name = 'StartingAgain1764180000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE low_balance_watched_client
      ADD COLUMN planned_at BIGINT NULL, ADD COLUMN checked_at BIGINT NULL, ADD COLUMN missing_since BIGINT NULL`);
    await queryRunner.query(
      "UPDATE low_balance_watched_client SET checked_at = seen_at WHERE state <> 'starting'",
    );
    await queryRunner.query(`ALTER TABLE low_balance_notice
      ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'low', ADD COLUMN channel VARCHAR(64) NOT NULL DEFAULT 'email',
      ADD COLUMN recovered TEXT NULL, ADD COLUMN instant BIGINT NULL,
      ADD KEY notice_of_check (client_id, check_at), DROP KEY one_notice_a_check`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DELETE FROM low_balance_notice WHERE kind <> 'low' OR channel <> 'email'");
    await queryRunner.query(`ALTER TABLE low_balance_notice
      ADD UNIQUE KEY one_notice_a_check (client_id, check_at, audience), DROP KEY notice_of_check,
      DROP COLUMN kind, DROP COLUMN channel, DROP COLUMN recovered, DROP COLUMN instant`);
    await queryRunner.query(`ALTER TABLE low_balance_watched_client
      DROP COLUMN planned_at, DROP COLUMN checked_at, DROP COLUMN missing_since`);
  }
}
