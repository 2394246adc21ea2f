import type { DataSource, EntityManager } from 'typeorm';
import { normalAddress } from '../../domain/notices.js';
import { deliveriesInOrder, isUnreached, type Delivery, type DeliveryReport } from '../delivery-report.js';
import { databaseNow } from './database-now.js';
import { compareTexts } from './compare-texts.js';
import { isOfItsData, isTransient } from '../../store/database-errors.js';

/** Takes note of what providers report of the messages that they accepted. */
export interface DeliveryReports {
  /**
   * Takes note of reports, in any order, any number of times: the result is the same. A report that cannot be stored is
   * handed to `onUnstorable`, and the others are kept. Rejects where the database is away: all of them may be recorded again.
   */
  record(reports: readonly DeliveryReport[]): Promise<void>;
}

export interface DeliveryReportsOptions {
  readonly onUnstorable?: ((report: DeliveryReport, error: unknown) => void) | undefined;
}

/** Reports of one transaction. */
const atOnce = 200;

/** How often a report is tried that met another writer. */
const attempts = 5;

export function createDeliveryReports(
  database: DataSource,
  { onUnstorable = () => {} }: DeliveryReportsOptions = {},
): DeliveryReports {
  async function inTransaction(
    reports: readonly DeliveryReport[],
    write: (manager: EntityManager, report: DeliveryReport) => Promise<void>,
  ): Promise<void> {
    await database.transaction('READ COMMITTED', async (manager) => {
      for (const report of reports) await write(manager, report);
    });
  }

  /** Many at once; where that fails, each alone, so that one takes none of the others with it. */
  async function recordAll(
    reports: readonly DeliveryReport[],
    write: (manager: EntityManager, report: DeliveryReport) => Promise<void>,
  ): Promise<void> {
    for (let from = 0; from < reports.length; from += atOnce) {
      const some = reports.slice(from, from + atOnce);
      try {
        await inTransaction(some, write);
      } catch (error) {
        if (!isTransient(error) && !isOfItsData(error)) throw error;
        for (const report of some) await recordAlone(report, write);
      }
    }
  }

  async function recordAlone(
    report: DeliveryReport,
    write: (manager: EntityManager, report: DeliveryReport) => Promise<void>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await inTransaction([report], write);
        return;
      } catch (error) {
        if (isOfItsData(error)) return onUnstorable(report, error);
        if (!isTransient(error) || attempt >= attempts) throw error;
      }
    }
  }

  return {
    async record(reports) {
      // All receivers lock notices before addresses, and each of these in the same order: none waits for another in a circle.
      const ofNotices = reports.filter(({ noticeId }) => noticeId !== undefined);
      await recordAll(ofNotices.toSorted(byNotice), recordOfNotice);
      const named = new Set(ofNotices.map(({ address }) => normalAddress(address)));
      await recordAll(reports.toSorted(byAddress), (manager, report) =>
        recordOfAddress(manager, report, named),
      );
    },
  };
}

async function recordOfNotice(manager: EntityManager, report: DeliveryReport): Promise<void> {
  const { noticeId, delivery } = report;
  if (noticeId === undefined) return;
  await noteAccepted(manager, noticeId, report);
  if (delivery !== 'processed') await noteDelivery(manager, noticeId, delivery, report);
}

/**
 * What is known of the address, whatever the notice. A report that names no notice of ours may be about anybody's mail: it
 * only counts for an address that a notice was ever sent to, or that other reports at hand (`named`) name with a notice.
 */
async function recordOfAddress(
  manager: EntityManager,
  { noticeId, address, delivery, reason, at }: DeliveryReport,
  named: ReadonlySet<string>,
): Promise<void> {
  if (delivery === 'processed' || delivery === 'deferred') return;
  const key = normalAddress(address);
  if (noticeId === undefined && !named.has(key) && !(await isKnown(manager, key))) return;
  await noteAddress(manager, key, delivery, reason, at);
}

async function isKnown(manager: EntityManager, key: string): Promise<boolean> {
  const known = await manager.query<object[]>(
    `SELECT 1 FROM low_balance_address WHERE address = ?
     UNION ALL (SELECT 1 FROM low_balance_notice_recipient WHERE address_key = ? LIMIT 1)`,
    [key, key],
  );
  return known.length > 0;
}

/** A report of a message proves that the provider accepted it, also where its answer was lost: it is not sent again. */
async function noteAccepted(
  manager: EntityManager,
  noticeId: string,
  { address, at, messageId }: DeliveryReport,
): Promise<void> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `UPDATE low_balance_notice_recipient SET state = 'accepted', updated_at = ?
     WHERE notice_id = ? AND LOWER(address) = ? AND state = 'pending'`,
    [at, noticeId, normalAddress(address)],
  );
  if (affectedRows === 0) return;
  await manager.query(
    `UPDATE low_balance_notice n SET n.accepted_at = COALESCE(n.accepted_at, GREATEST(n.created_at, ?)),
       n.message_id = COALESCE(n.message_id, ?),
       n.state = IF(NOT EXISTS (SELECT 1 FROM low_balance_notice_recipient r WHERE r.notice_id = n.id AND r.state = 'pending'),
         'accepted', n.state)
     WHERE n.id = ? AND n.state = 'pending'`,
    [at, messageId ?? null, noticeId],
  );
}

/** The latest report counts; `deferred` never comes after what is final. */
async function noteDelivery(
  manager: EntityManager,
  noticeId: string,
  delivery: Delivery,
  { address, reason, at, eventId }: DeliveryReport,
): Promise<void> {
  const rank = deliveriesInOrder.indexOf(delivery) + 1;
  const isNews =
    delivery === 'deferred'
      ? "(delivery IS NULL OR (delivery = 'deferred' AND event_at < ?))"
      : "(delivery IS NULL OR delivery = 'deferred' OR event_at < ? OR (event_at = ? AND FIELD(delivery, ?) < ?))";
  await manager.query(
    `UPDATE low_balance_notice_recipient SET delivery = ?, delivery_reason = ?, event_at = ?, event_id = ?
     WHERE notice_id = ? AND LOWER(address) = ? AND ${isNews}`,
    [
      delivery,
      reason?.slice(0, 1_024) ?? null,
      at,
      eventId.slice(0, 255),
      noticeId,
      normalAddress(address),
      ...(delivery === 'deferred' ? [at] : [at, at, deliveriesInOrder, rank]),
    ],
  );
}

async function noteAddress(
  manager: EntityManager,
  key: string,
  delivery: Delivery,
  reason: string | null,
  at: number,
): Promise<void> {
  // Of two reports of one instant the same counts in any order.
  const isNews = `(event_at < VALUES(event_at) OR (event_at = VALUES(event_at) AND FIELD(delivery, ?) < FIELD(VALUES(delivery), ?)))`;
  const order = [deliveriesInOrder, deliveriesInOrder];
  const unreached = isUnreached(delivery) ? 1 : 0;
  // Assigned from left to right: what a condition reads is written after it, its delivery and its instant last.
  await manager.query(
    `INSERT INTO low_balance_address (address, delivery, reason, event_at, unreached, changed_at)
     VALUES (?, ?, ?, ?, ?, IF(?, ${databaseNow}, 0))
     ON DUPLICATE KEY UPDATE
       changed_at = IF(${isNews} AND unreached <> VALUES(unreached), ${databaseNow}, changed_at),
       reason = IF(${isNews}, VALUES(reason), reason),
       unreached = IF(${isNews}, VALUES(unreached), unreached),
       delivery = IF(${isNews}, VALUES(delivery), delivery),
       event_at = GREATEST(event_at, VALUES(event_at))`,
    [
      key,
      delivery,
      reason?.slice(0, 1_024) ?? null,
      at,
      unreached,
      unreached,
      ...order,
      ...order,
      ...order,
      ...order,
    ],
  );
}

function byNotice(a: DeliveryReport, b: DeliveryReport): number {
  return compareTexts(a.noticeId ?? '', b.noticeId ?? '') || byAddress(a, b);
}

/** The reports of one address in the order of their time. */
function byAddress(a: DeliveryReport, b: DeliveryReport): number {
  return compareTexts(normalAddress(a.address), normalAddress(b.address)) || a.at - b.at;
}
