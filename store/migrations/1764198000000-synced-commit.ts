import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which commit the last sync stands for, also where it had nothing to write, or only the limit of the brake. */
export class SyncedCommit1764198000000 implements MigrationInterface {
  readonly name = 'SyncedCommit1764198000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE low_balance_synced_commit (
      id TINYINT NOT NULL PRIMARY KEY, commit_id VARCHAR(80) NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    await queryRunner.query(`INSERT INTO low_balance_synced_commit (id, commit_id) VALUES (1, (
      SELECT REPLACE(source_commit, '-dirty', '') FROM low_balance_revision
      WHERE source_commit IS NOT NULL ORDER BY id DESC LIMIT 1))`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE low_balance_synced_commit');
  }
}
