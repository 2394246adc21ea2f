import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the resellers' own files, `reseller.json`, say: one row a folder. */
export class ResellerSettings1764180600000 implements MigrationInterface {
  readonly name = 'ResellerSettings1764180600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE low_balance_reseller_settings (
      reseller VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, content LONGTEXT NOT NULL,
      source LONGTEXT NOT NULL, version INT NOT NULL, applied_hash CHAR(64) NOT NULL, source_commit VARCHAR(80) NULL,
      updated_at BIGINT NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE low_balance_reseller_settings');
  }
}
