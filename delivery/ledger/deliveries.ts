import type { DataSource, EntityManager } from 'typeorm';
import { deliveriesInOrder, isUnreached, type Delivery, type DeliveryEvent } from '../../domain/delivery.js';
import { normalAddress } from '../../domain/notices.js';

/** What the provider reports of mails that it accepted. */
export interface Deliveries {
  /** Takes note of reports, in any order, any number of times: the result is the same. */
  record(events: readonly DeliveryEvent[]): Promise<void>;
}

const databaseNow = 'UNIX_TIMESTAMP() * 1000';

/** Reports of one transaction. */
const atOnce = 200;

export function createDeliveries(database: DataSource): Deliveries {
  return {
    async record(events) {
      // Always in the same order, so that two receivers never wait for each other in a circle.
      const ordered = events.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
      for (let from = 0; from < ordered.length; from += atOnce) {
        await database.transaction('READ COMMITTED', async (manager) => {
          for (const event of ordered.slice(from, from + atOnce)) await record(manager, event);
        });
      }
    },
  };
}

async function record(manager: EntityManager, event: DeliveryEvent): Promise<void> {
  const { noticeId, delivery } = event;
  if (noticeId !== undefined) await noteAccepted(manager, noticeId, event);
  if (delivery === 'processed') return;
  if (noticeId !== undefined) await noteDelivery(manager, noticeId, delivery, event);
  if (delivery !== 'deferred') await noteAddress(manager, delivery, event);
}

/** A report of a mail proves that the provider accepted it, also where its answer was lost: it is not sent again. */
async function noteAccepted(manager: EntityManager, noticeId: string, event: DeliveryEvent): Promise<void> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `UPDATE low_balance_notice_recipient SET state = 'accepted', updated_at = ?
     WHERE notice_id = ? AND LOWER(address) = ? AND state = 'pending'`,
    [event.at, noticeId, normalAddress(event.address)],
  );
  if (affectedRows === 0) return;
  await manager.query(
    `UPDATE low_balance_notice n SET n.accepted_at = COALESCE(n.accepted_at, GREATEST(n.created_at, ?)),
       n.message_id = COALESCE(n.message_id, ?),
       n.state = IF(NOT EXISTS (SELECT 1 FROM low_balance_notice_recipient r WHERE r.notice_id = n.id AND r.state = 'pending'),
         'accepted', n.state)
     WHERE n.id = ? AND n.state = 'pending'`,
    [event.at, event.messageId ?? null, noticeId],
  );
}

/** The latest report counts; `deferred` never comes after what is final. */
async function noteDelivery(
  manager: EntityManager,
  noticeId: string,
  delivery: Delivery,
  { address, reason, at, eventId }: DeliveryEvent,
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

/**
 * What is known of the address, whatever the mail. A report that names no notice of ours may be about anybody's mail:
 * it only counts for an address that is known.
 */
async function noteAddress(
  manager: EntityManager,
  delivery: Delivery,
  { noticeId, address, reason, at }: DeliveryEvent,
): Promise<void> {
  const key = normalAddress(address);
  if (noticeId === undefined) {
    const known = await manager.query<object[]>('SELECT 1 FROM low_balance_address WHERE address = ?', [key]);
    if (known.length === 0) return;
  }
  const isNews =
    '(event_at < VALUES(event_at) OR (event_at = VALUES(event_at) AND unreached < VALUES(unreached)))';
  // Assigned from left to right: what a condition reads is written after it.
  await manager.query(
    `INSERT INTO low_balance_address (address, delivery, reason, event_at, unreached, changed_at)
     VALUES (?, ?, ?, ?, ?, IF(?, ${databaseNow}, 0))
     ON DUPLICATE KEY UPDATE
       changed_at = IF(${isNews} AND unreached <> VALUES(unreached), ${databaseNow}, changed_at),
       delivery = IF(${isNews}, VALUES(delivery), delivery),
       reason = IF(${isNews}, VALUES(reason), reason),
       unreached = IF(${isNews}, VALUES(unreached), unreached),
       event_at = GREATEST(event_at, VALUES(event_at))`,
    [
      key,
      delivery,
      reason?.slice(0, 1_024) ?? null,
      at,
      isUnreached(delivery) ? 1 : 0,
      isUnreached(delivery),
    ],
  );
}

function keyOf({ noticeId = '', address, at }: DeliveryEvent): string {
  return `${noticeId} ${normalAddress(address)} ${at}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
