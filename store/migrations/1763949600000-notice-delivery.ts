import type { MigrationInterface, QueryRunner } from 'typeorm';

const bytewise = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** What a notice says, who is sending it, what the provider reported of each recipient and of each address. */
export class NoticeDelivery1763949600000 implements MigrationInterface {
  readonly name = 'NoticeDelivery1763949600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE low_balance_notice
      ADD COLUMN content MEDIUMTEXT NULL, ADD COLUMN claim CHAR(36) NULL, ADD COLUMN claimed_until BIGINT NULL`);
    // A notice whose content was not kept cannot be sent again as it was; its client's next check decides afresh.
    await queryRunner.query("UPDATE low_balance_notice SET state = 'withdrawn' WHERE state = 'pending'");
    // Two addresses that differ in an accent are two people.
    await queryRunner.query(`ALTER TABLE low_balance_notice_recipient
      MODIFY COLUMN address VARCHAR(320) ${bytewise} NOT NULL,
      ADD COLUMN delivery VARCHAR(16) NULL, ADD COLUMN delivery_reason VARCHAR(1024) NULL,
      ADD COLUMN event_at BIGINT NULL, ADD COLUMN event_id VARCHAR(255) NULL`);
    await queryRunner.query(`CREATE TABLE low_balance_address (
      address VARCHAR(320) ${bytewise} NOT NULL PRIMARY KEY, delivery VARCHAR(16) NOT NULL, reason VARCHAR(1024) NULL,
      event_at BIGINT NOT NULL, unreached TINYINT NOT NULL, changed_at BIGINT NOT NULL,
      KEY address_by_reach (unreached), KEY address_by_change (changed_at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE low_balance_address');
    await queryRunner.query(`ALTER TABLE low_balance_notice_recipient
      DROP COLUMN delivery, DROP COLUMN delivery_reason, DROP COLUMN event_at, DROP COLUMN event_id,
      MODIFY COLUMN address VARCHAR(320) NOT NULL`);
    await queryRunner.query(`ALTER TABLE low_balance_notice
      DROP COLUMN content, DROP COLUMN claim, DROP COLUMN claimed_until`);
  }
}
