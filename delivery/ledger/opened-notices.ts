import DataLoader from 'dataloader';
import type { DataSource, EntityManager } from 'typeorm';
import { togetherOrAlone } from '../../store/together-or-alone.js';
import { compareTexts } from './compare-texts.js';
import { lockFences } from './fences.js';
import type { Ledger, LedgerNotice, Opening, OpeningInstants } from './ledger.js';
import { openedEntries } from './opened-entries.js';

/** Checks of one transaction at most: a content may be large. */
const mostAtOnce = 100;

/** The notices of one check. */
interface Check extends OpeningInstants {
  readonly notices: readonly LedgerNotice[];
}

/** Notices of checks that come at once are written in one transaction. */
export function createOpen(database: DataSource): Ledger['open'] {
  const openings = new DataLoader<Check, Opening>(
    (checks) => togetherOrAlone(checks, (some) => openAll(database, some)),
    { cache: false, maxBatchSize: mostAtOnce },
  );
  return async (notices, instants) =>
    notices.length === 0 ? { kind: 'opened', entries: [] } : await openings.load({ notices, ...instants });
}

/** Throws where one of several cannot be opened: each is then opened alone. */
async function openAll(database: DataSource, checks: readonly Check[]): Promise<readonly Opening[]> {
  try {
    await write(database, checks);
    return checks.map(({ notices }) => ({ kind: 'opened', entries: openedEntries(notices) }));
  } catch (error) {
    if (checks.length > 1) throw error;
    if (isDuplicate(error)) return [{ kind: 'known' }];
    if (error instanceof FencedError) return [{ kind: 'fenced' }];
    throw error;
  }
}

class FencedError extends Error {}

/** All of them, or none. */
async function write(database: DataSource, checks: readonly Check[]): Promise<void> {
  // Statements that write the same rows in the same order never wait for each other in a circle.
  const rows = checks
    .flatMap(({ notices, at }) => notices.map((notice) => ({ notice, at })))
    .sort((a, b) => compareTexts(a.notice.id, b.notice.id));
  // Without the gap locks of a stricter isolation, those who open different notices do not wait for each other.
  await database.transaction('READ COMMITTED', async (manager) => {
    await writeNotices(manager, rows);
    await writeRecipients(manager, rows);
    const clientIds = new Set(rows.map(({ notice }) => notice.clientId));
    const fences = await lockFences(manager, [...clientIds]);
    const isFenced = ({ notices, scheduledAt }: Check) =>
      notices.some(({ clientId }) => scheduledAt < (fences.get(clientId) ?? 0));
    if (checks.some(isFenced)) throw new FencedError('a client was fenced since');
  });
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
