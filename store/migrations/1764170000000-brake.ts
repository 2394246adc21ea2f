import type { MigrationInterface, QueryRunner } from 'typeorm';

const bytewise = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';

/** Rule 23: the brake, the clients it counts, and holds by hand with their history. */
export class Brake1764170000000 implements MigrationInterface {
  readonly name = 'Brake1764170000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE low_balance_brake (
      id TINYINT NOT NULL PRIMARY KEY, clients INT NULL, percent_of_fleet DOUBLE NULL, counted_from BIGINT NOT NULL,
      tripped_at BIGINT NULL, last_held_at BIGINT NULL, released_until BIGINT NULL, released_by VARCHAR(255) NULL,
      released_why VARCHAR(1024) NULL) ${options}`);
    // Locked by whoever admits clients, so that all workers together keep the limit.
    await queryRunner.query('INSERT INTO low_balance_brake (id, counted_from) VALUES (1, 0)');
    await queryRunner.query(`CREATE TABLE low_balance_brake_client (
      client_id VARCHAR(64) ${bytewise} NOT NULL PRIMARY KEY, admitted_at BIGINT NOT NULL,
      KEY brake_client_by_time (admitted_at)) ${options}`);
    await queryRunner.query(`CREATE TABLE low_balance_hold (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, scope VARCHAR(16) NOT NULL, name VARCHAR(191) ${bytewise} NOT NULL,
      held_until BIGINT NULL, held_by VARCHAR(255) NOT NULL, why VARCHAR(1024) NOT NULL, held_at BIGINT NOT NULL,
      released_at BIGINT NULL, released_by VARCHAR(255) NULL, released_why VARCHAR(1024) NULL,
      KEY hold_by_release (released_at)) ${options}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['hold', 'brake_client', 'brake']) {
      await queryRunner.query(`DROP TABLE low_balance_${table}`);
    }
  }
}
