import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds whether a notice was ever sent to an address, without regard to case: for reports that name no notice. */
export class RecipientsByAddress1764183600000 implements MigrationInterface {
  readonly name = 'RecipientsByAddress1764183600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE low_balance_notice_recipient
      ADD COLUMN address_key VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin AS (LOWER(address)) VIRTUAL`);
    await queryRunner.query(
      'ALTER TABLE low_balance_notice_recipient ADD KEY recipient_by_address (address_key)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_notice_recipient DROP KEY recipient_by_address');
    await queryRunner.query('ALTER TABLE low_balance_notice_recipient DROP COLUMN address_key');
  }
}
