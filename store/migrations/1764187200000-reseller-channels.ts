import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks that their receivers ended (410), and which variables each worker has, by name. */
export class ResellerChannels1764187200000 implements MigrationInterface {
  readonly name = 'ResellerChannels1764187200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const name = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL';
    await queryRunner.query(`CREATE TABLE low_balance_stopped_webhook (
      reseller VARCHAR(64) ${name}, webhook VARCHAR(64) ${name}, settings_hash CHAR(64) NOT NULL, reason VARCHAR(1024) NOT NULL,
      stopped_at BIGINT NOT NULL, PRIMARY KEY (reseller, webhook)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    await queryRunner.query(`CREATE TABLE low_balance_worker_variable (
      worker VARCHAR(128) ${name}, variable VARCHAR(100) ${name}, present TINYINT NOT NULL, seen_at BIGINT NOT NULL,
      PRIMARY KEY (worker, variable), KEY variable_by_time (seen_at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE low_balance_worker_variable');
    await queryRunner.query('DROP TABLE low_balance_stopped_webhook');
  }
}
