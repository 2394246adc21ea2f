import { randomUUID } from 'node:crypto';
import type { ExcludedRecipient } from '../../domain/notices.js';
import type { DataSource, EntityManager } from 'typeorm';
import { isUnreached, type Delivery } from '../delivery-report.js';
import type { NoticeKind, ReachedAddress } from '../../domain/notices.js';
import type { Audience, RuleKey } from '../../domain/profile/profile.js';
import type { AcceptedNotice } from '../../domain/cycle/told.js';
import { noticeEntity, type NoticeRow } from '../../store/rows.js';

/** A notice as it is first written. Instants are epoch milliseconds. */
export interface LedgerNotice {
  readonly id: string;
  readonly clientId: string;
  readonly checkAt: number;
  /** The instant that the check stood for (rule 17); null where an older workflow did not say it. */
  readonly instant: number | null;
  readonly kind: NoticeKind;
  /** `email`, or a webhook of the reseller. */
  readonly channel: string;
  readonly audience: Audience;
  readonly profileId: string;
  /** Rules that it tells as low. */
  readonly rules: readonly RuleKey[];
  /** Rules that it tells as recovered. */
  readonly recovered: readonly RuleKey[];
  /** What the mail says, as JSON holds it, without addresses: every attempt says the same. */
  readonly content: object;
  readonly recipients: readonly string[];
  /** Who is not told, and why. */
  readonly leftOut: readonly ExcludedRecipient[];
}

/** A notice as the ledger knows it. */
export interface LedgerEntry extends Omit<LedgerNotice, 'recipients' | 'leftOut' | 'content'> {
  readonly state: NoticeRow['state'];
  readonly messageId: string | null;
  readonly acceptedAt: number | null;
  readonly lastError: string | null;
  readonly attempts: number;
}

/** The right to send a notice, for a while. */
export type Claim =
  | {
      readonly kind: 'claimed';
      readonly token: string;
      readonly content: object;
      /** Who was not sent to yet. */
      readonly recipients: readonly string[];
    }
  /** Another worker is sending it, for at most `forMs` more. */
  | { readonly kind: 'busy'; readonly forMs: number }
  /** There is nothing to send any more. */
  | { readonly kind: 'settled' };

export interface Acceptance {
  readonly messageId: string;
  readonly recipients: readonly string[];
  readonly refused: readonly ExcludedRecipient[];
}

export interface FailedAttempt {
  readonly token: string;
  readonly reason: string;
  /** It will not be tried again. */
  readonly final: boolean;
}

/** Every notice is written here before the provider is called, and again when it answered. */
export interface Ledger {
  /** The notices of one check. */
  find(clientId: string, checkAt: number): Promise<readonly LedgerEntry[]>;
  /**
   * Writes the notices of one check with their recipients, before any is sent. Answers false, and writes nothing, where
   * the ledger has one of them already: who is told at a check is resolved once.
   */
  open(notices: readonly LedgerNotice[], at: number): Promise<boolean>;
  /** Only one sends a notice at a time. The claim ends with the record of the attempt, or after `forMs`. */
  claim(id: string, forMs: number): Promise<Claim>;
  /** The provider accepted it for some recipients. The notice is accepted when nobody is left to send to. */
  accepted(id: string, acceptance: Acceptance, at: number): Promise<void>;
  failed(id: string, attempt: FailedAttempt, at: number): Promise<void>;
  /**
   * Rules 4 and 7: what was not accepted of a check is withdrawn. Answers for how many milliseconds somebody may still
   * be sending one of its notices: 0 when nothing is left.
   */
  withdraw(clientId: string, checkAt: number, at: number): Promise<number>;
  /** The same for every notice of a client, which an earlier workflow left; `withdrawn`: something was. */
  withdrawAll(
    clientId: string,
    at: number,
  ): Promise<{ readonly busyMs: number; readonly withdrawn: boolean }>;
  /** Rule 25: the notices of a client under a profile that were accepted since then, of the checks since then. */
  acceptedSince(since: AcceptedSince): Promise<readonly AcceptedNotice[]>;
  /** Rule 20: whom the notices of a check reached that told of a rule as low; without those at whom the mail did not arrive. */
  reached(clientId: string, checkAt: number, rule: RuleKey): Promise<readonly ReachedRecipient[]>;
}

export interface ReachedRecipient extends ReachedAddress {
  readonly channel: string;
}

export interface AcceptedSince {
  readonly clientId: string;
  readonly profileId: string;
  /** The last refill, epoch milliseconds. */
  readonly refillAt: number;
  readonly checkAt: number;
}

/** Claims are timed by the database, whose clock all workers share. */
const databaseNow = 'UNIX_TIMESTAMP() * 1000';

/** Nobody is left to send to. */
const nobodyPending = `NOT EXISTS (SELECT 1 FROM low_balance_notice_recipient r WHERE r.notice_id = low_balance_notice.id AND r.state = 'pending')`;

export function createLedger(database: DataSource): Ledger {
  return {
    async find(clientId, checkAt) {
      const rows = await database.getRepository(noticeEntity).find({
        where: { clientId, checkAt: String(checkAt) },
        order: { audience: 'DESC' },
      });
      return rows.map(entryOf);
    },
    open: (notices, at) => open(database, notices, at),
    claim: (id, forMs) => claim(database, id, forMs),
    accepted: (id, acceptance, at) =>
      transaction(database, (manager) => accepted(manager, id, acceptance, at)),
    failed: (id, attempt, at) => transaction(database, (manager) => failed(manager, id, attempt, at)),
    withdraw: (clientId, checkAt, at) =>
      transaction(database, (manager) => withdraw(manager, { clientId, checkAt }, at)),
    withdrawAll: (clientId, at) =>
      transaction(database, async (manager) => {
        const [left] = await manager.query<{ pending: string }[]>(
          `SELECT COUNT(*) AS pending FROM low_balance_notice WHERE client_id = ? AND state = 'pending'`,
          [clientId],
        );
        if (Number(left?.pending) === 0) return { busyMs: 0, withdrawn: false };
        return { busyMs: await withdraw(manager, { clientId }, at), withdrawn: true };
      }),
    acceptedSince: (since) => acceptedSince(database, since),
    reached: (clientId, checkAt, rule) => reached(database, clientId, checkAt, rule),
  };
}

/** Without the gap locks of a stricter isolation, writers of different notices never wait for each other. */
function transaction<T>(database: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return database.transaction('READ COMMITTED', work);
}

async function open(database: DataSource, notices: readonly LedgerNotice[], at: number): Promise<boolean> {
  if (notices.length === 0) return true;
  try {
    await transaction(database, async (manager) => {
      await manager.query(
        `INSERT INTO low_balance_notice (id, client_id, check_at, instant, kind, channel, audience, profile_id, rules, recovered, content, state, attempts, created_at)
         VALUES ?`,
        [
          notices.map((notice) => [
            notice.id,
            notice.clientId,
            notice.checkAt,
            notice.instant,
            notice.kind,
            notice.channel,
            notice.audience,
            notice.profileId,
            JSON.stringify(notice.rules),
            notice.recovered.length === 0 ? null : JSON.stringify(notice.recovered),
            JSON.stringify(notice.content),
            'pending',
            0,
            at,
          ]),
        ],
      );
      await manager.query(
        `INSERT IGNORE INTO low_balance_notice_recipient (notice_id, address, state, reason, updated_at) VALUES ?`,
        [
          notices.flatMap(({ id, recipients, leftOut }) => [
            ...recipients.map((address) => [id, address, 'pending', null, at]),
            ...leftOut.map(({ address, reason }) => [id, address.slice(0, 320), 'left-out', reason, at]),
          ]),
        ],
      );
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

async function claim(database: DataSource, id: string, forMs: number): Promise<Claim> {
  const token = randomUUID();
  const { affectedRows } = await database.query<{ affectedRows: number }>(
    `UPDATE low_balance_notice SET claim = ?, claimed_until = ${databaseNow} + ?
     WHERE id = ? AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ${databaseNow})`,
    [token, forMs, id],
  );
  if (affectedRows === 0) {
    const [row] = await database.query<{ busy: string | null }[]>(
      `SELECT claimed_until - ${databaseNow} AS busy FROM low_balance_notice WHERE id = ? AND state = 'pending'`,
      [id],
    );
    return row ? { kind: 'busy', forMs: Math.max(0, Number(row.busy ?? 0)) } : { kind: 'settled' };
  }
  const rows = await database.query<{ content: string; address: string | null }[]>(
    `SELECT n.content, r.address FROM low_balance_notice n
     LEFT JOIN low_balance_notice_recipient r ON r.notice_id = n.id AND r.state = 'pending'
     WHERE n.id = ? ORDER BY r.address`,
    [id],
  );
  return {
    kind: 'claimed',
    token,
    content: JSON.parse(rows[0]?.content ?? '{}') as object,
    recipients: rows.flatMap(({ address }) => address ?? []),
  };
}

async function accepted(
  manager: EntityManager,
  id: string,
  { messageId, recipients, refused }: Acceptance,
  at: number,
): Promise<void> {
  if (recipients.length > 0) {
    await manager.query(
      `UPDATE low_balance_notice_recipient SET state = 'accepted', updated_at = ? WHERE notice_id = ? AND address IN (?)`,
      [at, id, recipients],
    );
  }
  for (const { address, reason } of refused) {
    await manager.query(
      `UPDATE low_balance_notice_recipient SET state = 'refused', reason = ?, updated_at = ? WHERE notice_id = ? AND address = ?`,
      [reason.slice(0, 1_024), at, id, address],
    );
  }
  // Accepted by the provider is accepted, also where it was withdrawn meanwhile.
  await manager.query(
    `UPDATE low_balance_notice SET message_id = COALESCE(message_id, ?), accepted_at = COALESCE(accepted_at, ?),
       attempts = attempts + 1, last_error = NULL,
       state = IF(${nobodyPending}, 'accepted', state),
       claimed_until = IF(state = 'pending', claimed_until, NULL), claim = IF(state = 'pending', claim, NULL)
     WHERE id = ?`,
    [messageId, at, id],
  );
}

async function failed(
  manager: EntityManager,
  id: string,
  { token, reason, final }: FailedAttempt,
  at: number,
): Promise<void> {
  const state = final ? "IF(accepted_at IS NULL, 'failed', 'accepted')" : 'state';
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `UPDATE low_balance_notice SET attempts = attempts + 1, last_error = ?, state = ${state},
       claimed_until = IF(claim = ?, NULL, claimed_until), claim = IF(claim = ?, NULL, claim)
     WHERE id = ? AND state = 'pending'`,
    [reason.slice(0, 4_000), token, token, id],
  );
  if (!final || affectedRows === 0) return;
  await manager.query(
    `UPDATE low_balance_notice_recipient SET state = 'refused', reason = ?, updated_at = ? WHERE notice_id = ? AND state = 'pending'`,
    [reason.slice(0, 1_024), at, id],
  );
}

async function withdraw(
  manager: EntityManager,
  { clientId, checkAt }: { readonly clientId: string; readonly checkAt?: number },
  at: number,
): Promise<number> {
  const notices = checkAt === undefined ? 'n.client_id = ?' : 'n.client_id = ? AND n.check_at = ?';
  const which = checkAt === undefined ? [clientId] : [clientId, checkAt];
  await manager.query(
    `UPDATE low_balance_notice n SET n.state = IF(n.accepted_at IS NULL, 'withdrawn', 'accepted'), n.claim = NULL, n.claimed_until = NULL
     WHERE ${notices} AND n.state = 'pending' AND (n.claimed_until IS NULL OR n.claimed_until <= ${databaseNow})`,
    which,
  );
  await manager.query(
    `UPDATE low_balance_notice_recipient r JOIN low_balance_notice n ON n.id = r.notice_id
     SET r.state = 'withdrawn', r.updated_at = ?
     WHERE ${notices} AND n.state <> 'pending' AND r.state = 'pending'`,
    [at, ...which],
  );
  const [left] = await manager.query<{ busy: string | null }[]>(
    `SELECT MAX(n.claimed_until) - ${databaseNow} AS busy FROM low_balance_notice n WHERE ${notices} AND n.state = 'pending'`,
    which,
  );
  // A claim that ran out just now is found free by the next attempt.
  return left?.busy == null ? 0 : Math.max(1, Number(left.busy));
}

async function acceptedSince(
  database: DataSource,
  { clientId, profileId, refillAt, checkAt }: AcceptedSince,
): Promise<readonly AcceptedNotice[]> {
  const rows = await database.query<
    {
      rules: string;
      recovered: string | null;
      accepted_at: string;
      check_at: string;
      instant: string | null;
    }[]
  >(
    `SELECT rules, recovered, accepted_at, check_at, instant FROM low_balance_notice
     WHERE client_id = ? AND profile_id = ? AND accepted_at >= ? AND check_at >= ? ORDER BY accepted_at`,
    [clientId, profileId, refillAt, checkAt],
  );
  return rows.map((row) => ({
    rules: JSON.parse(row.rules) as RuleKey[],
    ...(row.recovered === null ? {} : { recovered: JSON.parse(row.recovered) as RuleKey[] }),
    at: Number(row.accepted_at),
    checkAt: Number(row.check_at),
    ...(row.instant === null ? {} : { instant: Number(row.instant) }),
  }));
}

async function reached(
  database: DataSource,
  clientId: string,
  checkAt: number,
  rule: RuleKey,
): Promise<readonly ReachedRecipient[]> {
  const rows = await database.query<
    { address: string; audience: string; channel: string; rules: string; delivery: Delivery | null }[]
  >(
    `SELECT r.address, n.audience, n.channel, n.rules, r.delivery
     FROM low_balance_notice n JOIN low_balance_notice_recipient r ON r.notice_id = n.id
     WHERE n.client_id = ? AND n.check_at = ? AND r.state = 'accepted' ORDER BY r.address`,
    [clientId, checkAt],
  );
  return rows
    .filter(({ rules }) => (JSON.parse(rules) as RuleKey[]).includes(rule))
    .filter(({ delivery }) => delivery === null || !isUnreached(delivery))
    .map(({ address, audience, channel }) => ({ address, audience: audienceOf(audience), channel }));
}

function audienceOf(text: string): Audience {
  return text === 'staff' ? 'staff' : 'client';
}

function isDuplicate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ER_DUP_ENTRY';
}

function entryOf(row: NoticeRow): LedgerEntry {
  return {
    id: row.id,
    clientId: row.clientId,
    checkAt: Number(row.checkAt),
    instant: row.instant == null ? null : Number(row.instant),
    kind: row.kind === 'recovered' ? 'recovered' : 'low',
    channel: row.channel ?? 'email',
    audience: audienceOf(row.audience),
    profileId: row.profileId,
    rules: JSON.parse(row.rules) as RuleKey[],
    recovered: row.recovered == null ? [] : (JSON.parse(row.recovered) as RuleKey[]),
    state: row.state,
    messageId: row.messageId,
    acceptedAt: row.acceptedAt === null ? null : Number(row.acceptedAt),
    lastError: row.lastError,
    attempts: row.attempts,
  };
}
