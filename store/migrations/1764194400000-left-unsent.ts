import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a check left to be sent is known also where its workflow did not live to hand it over (rule 25). */
export class LeftUnsent1764194400000 implements MigrationInterface {
  readonly name = 'LeftUnsent1764194400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client ADD COLUMN unsent VARCHAR(8) NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_watched_client DROP COLUMN unsent');
  }
}
