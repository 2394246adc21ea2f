import DataLoader from 'dataloader';
import type { DataSource, EntityManager } from 'typeorm';
import type { AcceptedNotice } from '../../domain/cycle/told.js';
import type { Audience, RuleKey } from '../../domain/profile/profile.js';
import { groupedBy } from '../../store/grouped-by.js';
import type { Queryable } from '../../store/queryable.js';
import { togetherOrAlone } from '../../store/together-or-alone.js';
import { noticeEntity, type NoticeRow } from '../../store/rows.js';
import { isUnreached, type Delivery } from '../delivery-report.js';
import { createClaim } from './claims.js';
import { databaseNow } from './database-now.js';
import { createFence } from './fences.js';
import type {
  Acceptance,
  AcceptedSince,
  FailedAttempt,
  Ledger,
  LedgerEntry,
  ReachedRecipient,
} from './ledger.js';
import { createOpen } from './opened-notices.js';

/** Stands for nobody in a list of addresses, which SQL does not allow to be empty. */
const noAddress = '';

/** Clients of one statement at most. */
const mostAtOnce = 500;

/**
 * What is asked at once shares its statements. For `windowMs` milliseconds reads of checks' notices are gathered; what
 * follows from them then comes at once.
 */
export function createMysqlLedger(database: DataSource, windowMs = 0): Ledger {
  const bounds = { cache: false, maxBatchSize: mostAtOnce } as const;
  // Clients that start together were read together, and ask together.
  const counts = new DataLoader((ids: readonly string[]) => countNotices(database, ids), bounds);
  const found = new DataLoader<Check, readonly LedgerEntry[]>(
    (checks) => togetherOrAlone(checks, (some) => findNotices(database, some)),
    {
      ...bounds,
      ...(windowMs > 0 ? { batchScheduleFn: (run: () => void) => void setTimeout(run, windowMs) } : {}),
    },
  );
  return {
    find: (clientId, checkAt) => found.load({ clientId, checkAt }),
    open: createOpen(database),
    fence: createFence(database),
    claim: createClaim(database),
    accepted: (id, acceptance, at) =>
      acceptance.refused.length === 0
        ? accepted(database, id, acceptance, at)
        : transaction(database, (manager) => accepted(manager, id, acceptance, at)),
    failed: (id, attempt, at) => transaction(database, (manager) => failed(manager, id, attempt, at)),
    withdraw: (clientId, checkAt, at) =>
      transaction(database, (manager) => withdraw(manager, { clientId, checkAt }, at)),
    async withdrawAll(clientId, before, at) {
      const { notices, pending } = await counts.load(clientId);
      // Nearly every client that starts was never notified.
      if (pending === 0) return { busyMs: 0, withdrawn: false, notices };
      const busyMs = await transaction(database, (manager) => withdraw(manager, { clientId, before }, at));
      return { busyMs, withdrawn: true, notices };
    },
    acceptedSince: (since) => acceptedSince(database, since),
    settledSince: (clientId, checkAt) => settledSince(database, clientId, checkAt),
    reached: (clientId, checkAt, rule) => readReached(database, clientId, checkAt, rule),
  };
}

interface Check {
  readonly clientId: string;
  readonly checkAt: number;
}

async function findNotices(
  database: DataSource,
  checks: readonly Check[],
): Promise<readonly (readonly LedgerEntry[])[]> {
  const rows = await database.getRepository(noticeEntity).find({
    where: checks.map(({ clientId, checkAt }) => ({ clientId, checkAt: String(checkAt) })),
    order: { audience: 'DESC', kind: 'ASC', channel: 'ASC' },
  });
  const byCheck = groupedBy(rows.map(entryOf), keyOf);
  return checks.map((check) => byCheck.get(keyOf(check)) ?? []);
}

function keyOf({ clientId, checkAt }: Check): string {
  return `${checkAt}:${clientId}`;
}

interface Counts {
  readonly notices: number;
  readonly pending: number;
}

async function countNotices(database: DataSource, clientIds: readonly string[]): Promise<readonly Counts[]> {
  const rows = await database.query<{ client_id: string; notices: string; pending: string }[]>(
    `SELECT client_id, COUNT(*) AS notices, SUM(state = 'pending') AS pending FROM low_balance_notice
     WHERE client_id IN (?) GROUP BY client_id`,
    [clientIds],
  );
  const found = new Map(
    rows.map(({ client_id, notices, pending }) => [
      client_id,
      { notices: Number(notices), pending: Number(pending) },
    ]),
  );
  return clientIds.map((clientId) => found.get(clientId) ?? { notices: 0, pending: 0 });
}

/** Without the gap locks of a stricter isolation, writers of different notices never wait for each other. */
function transaction<T>(database: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return database.transaction('READ COMMITTED', work);
}

/** Where nobody was refused it is one statement, which needs no transaction. */
async function accepted(
  database: Queryable,
  id: string,
  { messageId, recipients, refused }: Acceptance,
  at: number,
): Promise<void> {
  for (const { address, reason } of refused) {
    await database.query(
      `UPDATE low_balance_notice_recipient SET state = 'refused', reason = ?, updated_at = ? WHERE notice_id = ? AND address = ?`,
      [reason.slice(0, 1_024), at, id, address],
    );
  }
  const addresses = recipients.length > 0 ? recipients : [noAddress];
  // Accepted by the provider is accepted, also where it was withdrawn meanwhile. Assignments may come in any order.
  await database.query(
    `UPDATE low_balance_notice n
     LEFT JOIN low_balance_notice_recipient r ON r.notice_id = n.id AND r.address IN (?)
     LEFT JOIN (
       SELECT notice_id FROM low_balance_notice_recipient
       WHERE notice_id = ? AND state = 'pending' AND address NOT IN (?) LIMIT 1
     ) other ON other.notice_id = n.id
     SET r.state = 'accepted', r.updated_at = ?,
       n.message_id = COALESCE(n.message_id, ?), n.accepted_at = COALESCE(n.accepted_at, ?),
       n.attempts = n.attempts + 1, n.last_error = NULL,
       n.claimed_until = IF(other.notice_id IS NULL OR n.state <> 'pending', NULL, n.claimed_until),
       n.claim = IF(other.notice_id IS NULL OR n.state <> 'pending', NULL, n.claim),
       n.state = IF(other.notice_id IS NULL, 'accepted', n.state)
     WHERE n.id = ?`,
    [addresses, id, addresses, at, messageId, at, id],
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
  {
    clientId,
    ...checks
  }: { readonly clientId: string } & ({ readonly checkAt: number } | { readonly before: number }),
  at: number,
): Promise<number> {
  const notices = `n.client_id = ? AND n.check_at ${'checkAt' in checks ? '=' : '<'} ?`;
  const which = [clientId, 'checkAt' in checks ? checks.checkAt : checks.before];
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

async function settledSince(database: DataSource, clientId: string, checkAt: number): Promise<boolean> {
  const rows = await database.query<unknown[]>(
    `SELECT id FROM low_balance_notice
     WHERE client_id = ? AND check_at >= ? AND state IN ('accepted', 'failed') LIMIT 1`,
    [clientId, checkAt],
  );
  return rows.length > 0;
}

/** Rule 20: whom the notices of a check reached that told of this rule. */
export async function readReached(
  database: Queryable,
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
