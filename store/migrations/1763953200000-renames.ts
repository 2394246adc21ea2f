import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Revisions know the id that a profile had before a rename; a commit may be marked as not clean. */
export class Renames1763953200000 implements MigrationInterface {
  readonly name = 'Renames1763953200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE low_balance_revision MODIFY source_commit VARCHAR(80) NULL,
         ADD renamed_from VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL, ADD KEY revision_of_old_id (renamed_from, id)`,
    );
    await queryRunner.query('ALTER TABLE low_balance_profile MODIFY source_commit VARCHAR(80) NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_revision DROP renamed_from');
  }
}
