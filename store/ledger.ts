import { In, type DataSource } from 'typeorm';
import type { RuleKey } from '../domain/profile.js';
import { noticeEntity, noticeRecipientEntity, type NoticeRow } from './rows.js';

/** A notice as the ledger knows it. Instants are epoch milliseconds. */
export interface LedgerNotice {
  readonly id: string;
  readonly clientId: string;
  readonly checkAt: number;
  readonly audience: 'staff' | 'client';
  readonly profileId: string;
  readonly rules: readonly RuleKey[];
  readonly recipients: readonly string[];
}

export interface LedgerEntry extends Omit<LedgerNotice, 'recipients'> {
  readonly state: NoticeRow['state'];
  readonly messageId: string | null;
  readonly acceptedAt: number | null;
  readonly lastError: string | null;
  readonly attempts: number;
}

/** Every notice is written here before the provider is called, and again when it answered. */
export interface Ledger {
  /** The notices of one check. */
  find(clientId: string, checkAt: number): Promise<readonly LedgerEntry[]>;
  /** Writes a notice with its recipients before it is sent. Repeating it changes nothing. */
  open(notice: LedgerNotice, now: number): Promise<void>;
  accepted(id: string, messageId: string, at: number): Promise<void>;
  /** One attempt failed; `final` where it will not be tried again. */
  failed(id: string, reason: string, final: boolean, at: number): Promise<void>;
  /** Rule 4, rule 7: what was not accepted of a check is withdrawn. */
  withdraw(clientId: string, checkAt: number, at: number): Promise<void>;
}

export function createLedger(database: DataSource): Ledger {
  const notices = database.getRepository(noticeEntity);
  return {
    async find(clientId, checkAt) {
      const rows = await notices.find({
        where: { clientId, checkAt: String(checkAt) },
        order: { audience: 'ASC' },
      });
      return rows.map(entryOf);
    },
    async open(notice, now) {
      await database.transaction(async (transaction) => {
        await transaction
          .createQueryBuilder()
          .insert()
          .orIgnore()
          .into(noticeEntity)
          .values({
            id: notice.id,
            clientId: notice.clientId,
            checkAt: String(notice.checkAt),
            audience: notice.audience,
            profileId: notice.profileId,
            rules: JSON.stringify(notice.rules),
            state: 'pending',
            attempts: 0,
            createdAt: String(now),
          })
          .updateEntity(false)
          .execute();
        await transaction
          .createQueryBuilder()
          .insert()
          .orIgnore()
          .into(noticeRecipientEntity)
          .values(
            notice.recipients.map((address) => ({
              noticeId: notice.id,
              address,
              state: 'pending',
              updatedAt: String(now),
            })),
          )
          .updateEntity(false)
          .execute();
      });
    },
    async accepted(id, messageId, at) {
      await database.transaction(async (transaction) => {
        await transaction
          .createQueryBuilder()
          .update(noticeEntity)
          .set({
            state: 'accepted',
            messageId,
            acceptedAt: String(at),
            attempts: () => 'attempts + 1',
            lastError: null,
          })
          .where({ id })
          .execute();
        await transaction.update(
          noticeRecipientEntity,
          { noticeId: id, state: 'pending' },
          { state: 'accepted', updatedAt: String(at) },
        );
      });
    },
    async failed(id, reason, final) {
      await notices
        .createQueryBuilder()
        .update()
        .set({
          attempts: () => 'attempts + 1',
          lastError: reason.slice(0, 4_000),
          ...(final ? { state: 'failed' as const } : {}),
        })
        .where({ id, state: 'pending' })
        .execute();
    },
    async withdraw(clientId, checkAt) {
      await notices.update(
        { clientId, checkAt: String(checkAt), state: In(['pending']) },
        { state: 'withdrawn' },
      );
    },
  };
}

function entryOf(row: NoticeRow): LedgerEntry {
  return {
    id: row.id,
    clientId: row.clientId,
    checkAt: Number(row.checkAt),
    audience: row.audience === 'staff' ? 'staff' : 'client',
    profileId: row.profileId,
    rules: JSON.parse(row.rules) as RuleKey[],
    state: row.state,
    messageId: row.messageId,
    acceptedAt: row.acceptedAt === null ? null : Number(row.acceptedAt),
    lastError: row.lastError,
    attempts: row.attempts,
  };
}
