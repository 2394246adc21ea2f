import DataLoader from 'dataloader';
import type { DataSource, EntityManager } from 'typeorm';
import { compareTexts } from './compare-texts.js';
import type { Ledger, LedgerNotice, Opening, OpeningInstants } from './ledger.js';
import { openedEntries } from './opened-entries.js';

/** Checks of one transaction at most: a content may be large. */
const mostAtOnce = 100;

/** The notices of one check. */
interface Check extends OpeningInstants {
  readonly notices: readonly LedgerNotice[];
}

/**
 * Notices of checks that come at once are written in one transaction. Where that fails each check's are written alone: those of one
 * may be known already.
 */
export function createOpen(database: DataSource): Ledger['open'] {
  const openings = new DataLoader<Check, Opening>(
    async (checks) => {
      const together = checks.length > 1 ? await written(database, checks).catch(() => undefined) : undefined;
      if (together) return together;
      return await Promise.all(
        checks.map((check) => openAlone(database, check).catch((error: unknown) => error as Error)),
      );
    },
    { cache: false, maxBatchSize: mostAtOnce },
  );
  return async (notices, instants) =>
    notices.length === 0 ? { kind: 'opened', entries: [] } : await openings.load({ notices, ...instants });
}

async function openAlone(database: DataSource, check: Check): Promise<Opening> {
  try {
    const [opening] = await written(database, [check]);
    return opening!;
  } catch (error) {
    if (isDuplicate(error)) return { kind: 'known' };
    throw error;
  }
}

/** Without the gap locks of a stricter isolation, writers of different notices never wait for each other. */
function written(database: DataSource, checks: readonly Check[]): Promise<readonly Opening[]> {
  return database.transaction('READ COMMITTED', async (manager) => {
    const takenUpAt = await readTakenUp(manager, checks);
    const isOver = ({ notices, scheduledAt }: Check) =>
      notices.some(({ clientId }) => scheduledAt < (takenUpAt.get(clientId) ?? 0));
    // Statements that write the same rows in the same order never wait for each other in a circle.
    const rows = checks
      .filter((check) => !isOver(check))
      .flatMap(({ notices, at }) => notices.map((notice) => ({ notice, at })))
      .sort((a, b) => compareTexts(a.notice.id, b.notice.id));
    if (rows.length > 0) {
      await writeNotices(manager, rows);
      await writeRecipients(manager, rows);
    }
    return checks.map((check) =>
      isOver(check) ? { kind: 'taken-up' } : { kind: 'opened', entries: openedEntries(check.notices) },
    );
  });
}

/** Locked until the notices are written: a workflow that takes a client up finds them, or they find it. */
async function readTakenUp(
  manager: EntityManager,
  checks: readonly Check[],
): Promise<ReadonlyMap<string, number>> {
  const clientIds = new Set(checks.flatMap(({ notices }) => notices.map(({ clientId }) => clientId)));
  const rows = await manager.query<{ client_id: string; taken_up_at: string | null }[]>(
    `SELECT client_id, taken_up_at FROM low_balance_watched_client WHERE client_id IN (?) LOCK IN SHARE MODE`,
    [[...clientIds]],
  );
  return new Map(rows.map(({ client_id: id, taken_up_at: at }) => [id, Number(at ?? 0)]));
}

interface Row {
  readonly notice: LedgerNotice;
  readonly at: number;
}

function writeNotices(manager: EntityManager, rows: readonly Row[]): Promise<unknown> {
  return manager.query(
    `INSERT INTO low_balance_notice (id, client_id, check_at, instant, kind, channel, audience, profile_id, rules, recovered, content, state, attempts, created_at)
     VALUES ?`,
    [
      rows.map(({ notice, at }) => [
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
}

function writeRecipients(manager: EntityManager, rows: readonly Row[]): Promise<unknown> {
  return manager.query(
    `INSERT IGNORE INTO low_balance_notice_recipient (notice_id, address, state, reason, updated_at) VALUES ?`,
    [
      rows.flatMap(({ notice: { id, recipients, leftOut }, at }) => [
        ...recipients.map((address) => [id, address, 'pending', null, at]),
        ...leftOut.map(({ address, reason }) => [id, address.slice(0, 320), 'left-out', reason, at]),
      ]),
    ],
  );
}

function isDuplicate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ER_DUP_ENTRY';
}
