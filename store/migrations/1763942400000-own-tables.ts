import type { MigrationInterface, QueryRunner } from 'typeorm';

const options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';

/** The service's own tables. Identifiers compare bytewise, as they do in Temporal's workflow ids. */
export class OwnTables1763942400000 implements MigrationInterface {
  readonly name = 'OwnTables1763942400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const id = (length: number) => `VARCHAR(${length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
    await queryRunner.query(`CREATE TABLE low_balance_profile (
      id ${id(191)} NOT NULL PRIMARY KEY, reseller ${id(64)} NOT NULL, content LONGTEXT NOT NULL, source LONGTEXT NOT NULL,
      version INT NOT NULL, applied_hash CHAR(64) NOT NULL, source_commit VARCHAR(64) NULL, updated_at BIGINT NOT NULL) ${options}`);
    await queryRunner.query(`CREATE TABLE low_balance_revision (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, profile_id ${id(191)} NOT NULL, action VARCHAR(16) NOT NULL, version INT NOT NULL,
      content_before LONGTEXT NULL, content_after LONGTEXT NULL, source_before LONGTEXT NULL, source_after LONGTEXT NULL,
      source_commit VARCHAR(64) NULL, author VARCHAR(255) NULL, at BIGINT NOT NULL,
      KEY revision_of_profile (profile_id, id)) ${options}`);
    await queryRunner.query(`CREATE TABLE low_balance_notice (
      id CHAR(36) NOT NULL PRIMARY KEY, client_id ${id(64)} NOT NULL, check_at BIGINT NOT NULL, audience VARCHAR(16) NOT NULL,
      profile_id ${id(191)} NOT NULL, rules TEXT NOT NULL, state VARCHAR(16) NOT NULL, message_id VARCHAR(255) NULL,
      attempts INT NOT NULL, last_error TEXT NULL, created_at BIGINT NOT NULL, accepted_at BIGINT NULL,
      UNIQUE KEY one_notice_a_check (client_id, check_at, audience), KEY notice_by_time (created_at)) ${options}`);
    await queryRunner.query(`CREATE TABLE low_balance_notice_recipient (
      notice_id CHAR(36) NOT NULL, address VARCHAR(320) NOT NULL, state VARCHAR(16) NOT NULL, reason VARCHAR(1024) NULL,
      updated_at BIGINT NOT NULL, PRIMARY KEY (notice_id, address)) ${options}`);
    await queryRunner.query(`CREATE TABLE low_balance_watched_client (
      client_id ${id(64)} NOT NULL PRIMARY KEY, profile_id ${id(191)} NOT NULL, state VARCHAR(16) NOT NULL,
      period_ms BIGINT NOT NULL, next_check_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, watch TEXT NOT NULL,
      ended_at BIGINT NULL, end_reason VARCHAR(32) NULL, KEY watched_by_profile (profile_id)) ${options}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['watched_client', 'notice_recipient', 'notice', 'revision', 'profile']) {
      await queryRunner.query(`DROP TABLE low_balance_${table}`);
    }
  }
}
